import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGitHost } from '../../../src/hosts/git/git-host.ts'
import { inClear } from '../../../src/repositories/params-secrets.ts'
import { GitHostWithChanges } from '../../fakes/git-host-with-changes.ts'
import { Origin } from '../../fakes/origin.ts'
import { Person } from './command.ts'
import { adminToken, startService } from './service.ts'

test('a project at GitLab is added by its path, with its token, and shown with its page', async () => {
  await using service = await startService()
  using origin = new Origin()
  origin.commit('main', { 'a.txt': 'a' })
  const asked: Record<string, unknown>[] = []
  service.parts.hosts.gitlab = {
    ...createGitHost(),
    check: (params) => {
      asked.push(params)
      return { origin: origin.dir, token: 'from the test' }
    },
    describe: () => ({ webUrl: 'https://git.example.org/acme/web/shop', templateParams: {} }),
  }
  using person = new Person({ QAACK_URL: service.url, QAACK_TOKEN: adminToken })
  const at = ['--gitlab', 'acme/web/shop', '--instance-url', 'https://git.example.org']
  const added = await person.qaack(['repo', 'add', ...at, '--password-stdin'], { input: 'glpat-1\n' })
  assert.equal(added.code, 0, added.stderr)
  assert.match(added.stdout, /^Added shop \(/)
  assert.match(added.stdout, /makes a webhook of the project/)
  const params = { instanceUrl: 'https://git.example.org', group: 'acme/web', project: 'shop' }
  assert.deepEqual(asked, [{ ...params, token: 'glpat-1' }])
  assert.doesNotMatch(added.stdout + added.stderr, /glpat/)

  const second = await person.qaack(['repo', 'add', 'other', ...at, '--token', 'glpat-2', '-o', 'json'])
  assert.equal(second.code, 0, second.stderr)
  assert.deepEqual(asked[1], { ...params, token: 'glpat-2' })
  assert.doesNotMatch(second.stdout, /glpat|from the test/)

  const shown = await person.qaack(['repo', 'show', 'shop'])
  assert.match(shown.stdout, /^type +gitlab$/m)
  assert.match(shown.stdout, /^page +https:\/\/git\.example\.org\/acme\/web\/shop$/m)
  const wrong = await person.qaack(['repo', 'add', 'shop'])
  assert.deepEqual([wrong.code, wrong.stdout], [2, ''])
  const empty = await person.qaack(['repo', 'add', ...at, '--token', ''])
  assert.equal(empty.code, 2)
  assert.match(empty.stderr, /--token is empty; give a token, or leave it out/)
})

test('a repository gets another token from stdin', async () => {
  await using service = await startService()
  using origin = new Origin()
  origin.commit('main', { 'a.txt': 'a' })
  const host = new GitHostWithChanges()
  service.parts.hosts.gitlab = {
    ...createGitHost(),
    changes: host.changes,
    check: () => ({ origin: origin.dir }),
  }
  using person = new Person({ QAACK_URL: service.url, QAACK_TOKEN: adminToken })
  const added = await person.qaack(['repo', 'add', '--gitlab', 'acme/shop'])
  assert.equal(added.code, 0, added.stderr)
  const none = await person.qaack(['repo', 'token', 'shop'], { input: '' })
  assert.deepEqual([none.code, none.stderr.includes('nothing was changed')], [1, true])
  const changed = await person.qaack(['repo', 'token', 'shop'], { input: 'glpat-new\n' })
  assert.equal(changed.code, 0, changed.stderr)
  assert.match(changed.stdout, /^Repository shop has another token now/)
  const [record] = await service.parts.store.list('repository')
  assert.ok(record)
  assert.equal(inClear(service.parts.secretKey, record).params.token, 'glpat-new')
})
