import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGitHost } from '../../../src/hosts/git/git-host.ts'
import { postReceiveHook } from '../../../src/hosts/git/receive.ts'
import {
  defaultSettings,
  type RepositoryParams,
  type RepositoryRecord,
} from '../../../src/repositories/repository.ts'

const host = createGitHost()

function record(params: RepositoryParams): RepositoryRecord {
  return {
    id: 'r',
    version: 1,
    groupId: 'g',
    name: 'shop',
    type: 'generic',
    params,
    settings: defaultSettings,
    createdAt: 0,
    syncedAt: null,
    syncError: null,
    sshKey: null,
    rebuiltAt: null,
  }
}

test('credentials in the address become params', () => {
  assert.deepEqual(host.check({ origin: 'https://me:pass@h/a.git' }), {
    origin: 'https://h/a.git',
    username: 'me',
    password: 'pass',
  })
  assert.deepEqual(host.check({ origin: 'https://me:old@h/a.git', password: 'new' }), {
    origin: 'https://h/a.git',
    username: 'me',
    password: 'new',
  })
  assert.deepEqual(host.check({ origin: ' /srv/a.git/ ' }), { origin: '/srv/a.git' })
})

const faults: [Record<string, unknown>, string, RegExp][] = [
  [{}, 'params.origin', /origin is missing/],
  [{ origin: 7 }, 'params.origin', /origin/],
  [{ origin: 'nonsense' }, 'params.origin', /give http/],
  [{ origin: 'https://h/a', token: 'x' }, 'params.token', /known: origin, username, password/],
  [{ origin: 'https://h/a', password: 'a\nb' }, 'params.password', /one line/],
  [{ origin: 'git@h:a', username: 'x' }, 'params.username', /http/],
]

for (const [params, path, message] of faults) {
  test(`${JSON.stringify(params)} is refused at ${path}`, () => {
    assert.throws(() => host.check(params), { code: 'invalid', path, message })
  })
}

test('the remote has the credentials apart from the address', () => {
  const params = host.check({ origin: 'https://token@h/a.git' })
  assert.deepEqual(host.remote(record(params)), {
    address: { kind: 'http', url: 'https://h/a.git', origin: 'https://h' },
    credentials: { username: 'token', password: '' },
    refspecs: ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'],
  })
  assert.equal(host.remote(record({ origin: '/srv/a' })).credentials, null)
})

test('an http repository has a page, others have none', () => {
  assert.deepEqual(host.describe(record({ origin: 'https://h/a/b.git', password: 'sealed' })), {
    webUrl: 'https://h/a/b',
    templateParams: { GenericOrigin: 'https://h/a/b.git' },
  })
  assert.equal(host.describe(record({ origin: 'git@h:a.git' })).webUrl, null)
})

test('a call of a post-receive hook means: look at the refs', () => {
  assert.deepEqual(host.receive({ event: 'push', payload: '' }), {
    events: [{ kind: 'refs-changed', repository: null }],
  })
})

test('the post-receive hook calls the address and never fails a push', () => {
  const hook = postReceiveHook("http://h/api/git/webhooks/abc'; rm -rf /")
  assert.match(hook, /^#!\/bin\/sh\n/)
  assert.match(hook, /'http:\/\/h\/api\/git\/webhooks\/abc%27; rm -rf \/'/)
  assert.match(hook, /\|\| true\n$/)
})
