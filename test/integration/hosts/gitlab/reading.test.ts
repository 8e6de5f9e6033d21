import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Heard, Received } from '../../../../src/hosts/host.ts'
import { systemClock } from '../../../../src/clock.ts'
import { createGit } from '../../../../src/repositories/git.ts'
import { createGitlabHost } from '../../../../src/hosts/gitlab/gitlab-host.ts'
import { silentLogger } from '../../../../src/logger.ts'
import type { RepositoryRecord } from '../../../../src/repositories/repository.ts'
import { openDesk, type Desk } from './desk.ts'

let desk: Desk
before(async () => {
  desk = await openDesk()
})
after(() => desk.gitlab[Symbol.asyncDispose]())

/** The same project, read by somebody else. */
function asSomebody(token: string | undefined): { host: Desk['host']; repository: RepositoryRecord } {
  const parts = { config: null, secretKey: 'other', clock: systemClock, logger: silentLogger }
  const host = createGitlabHost(parts)
  const params = { instanceUrl: desk.gitlab.url, group: 'acme', project: 'shop', ...(token && { token }) }
  return { host, repository: { ...desk.repository, params: host.check(params) } }
}

describe('changes', () => {
  test('are listed as they are', async () => {
    const told = await desk.ada.change(Number(desk.change))
    const [change] = await desk.changes.list(desk.repository, desk.change)
    assert.deepEqual(change, {
      name: desk.change,
      title: 'Bigger letters',
      author: 'ada',
      source: 'topic',
      target: 'main',
      hash: desk.hash,
      fork: false,
      draft: false,
      labels: [],
      state: 'open',
      url: `${desk.gitlab.url}/acme/shop/-/merge_requests/${desk.change}`,
      updatedAt: Math.floor(Date.parse(String(told['updated_at'])) / 1000) * 1000,
    })
  })

  test('are read by anybody where they are public, and with a token of the repository', async () => {
    for (const token of [undefined, desk.gitlab.user('grace').token]) {
      const { host, repository } = asSomebody(token)
      assert.equal((await host.changes?.list(repository, desk.change))?.[0]?.hash, desk.hash)
    }
  })

  test('one that is not there is none, and a token that is none is refused', async () => {
    assert.deepEqual(await desk.changes.list(desk.repository, '999999'), [])
    const { host, repository } = asSomebody('glpat-wrong')
    await assert.rejects(async () => host.changes?.list(repository), {
      kind: 'refused',
      message: /accept our token/,
    })
  })

  test('from a fork, in draft, with labels, merged and closed', async () => {
    const { ada } = desk
    const mallory = desk.gitlab.user('mallory')
    const fork = await mallory.fork()
    await mallory.push('theirs', 'offer', { 'x.html': 'x' }, fork)
    const theirs = String(
      await mallory.openChange({ title: 'Theirs', from: 'theirs', fork: true, draft: true }),
    )
    await ada.label(Number(theirs), 'demo')
    const [change] = await desk.changes.list(desk.repository, theirs)
    assert.equal(change?.fork, true)
    assert.equal(change.draft, true)
    assert.equal(change.author, 'mallory')
    assert.deepEqual(change.labels, ['demo'])
    const open = await desk.changes.list(desk.repository)
    assert.deepEqual(open.map(({ name }) => name).sort(), [desk.change, theirs].sort())
    await ada.close(Number(theirs))
    assert.equal((await desk.changes.list(desk.repository, theirs))[0]?.state, 'closed')
    assert.deepEqual(
      (await desk.changes.list(desk.repository)).map(({ name }) => name),
      [desk.change],
    )
  })

  test('many of them come page by page', async () => {
    const targets = Array.from({ length: 101 }, (_, count) => `target-${count}`)
    const work = await desk.ada.work()
    await work.git('push', '--quiet', 'origin', ...targets.map((name) => `origin/main:refs/heads/${name}`))
    const names: string[] = []
    for (const to of targets) names.push(String(await desk.ada.openChange({ title: to, from: 'topic', to })))
    const open = (await desk.changes.list(desk.repository)).map(({ name }) => name)
    assert.ok(names.every((name) => open.includes(name)))
    assert.equal(new Set(open).size, open.length)
  })
})

test('who may write is asked of GitLab', async () => {
  const mayWrite = (person: string) => desk.changes.mayWrite(desk.repository, person)
  assert.equal(await mayWrite('ada'), true)
  assert.equal(await mayWrite('grace'), true)
  assert.equal(await mayWrite('mallory'), false)
  assert.equal(await mayWrite('nobody'), false)
})

test('the projects that the token was given are listed, with the key that webhooks name', async () => {
  const { url } = desk.gitlab
  const key = `${url.replace('http://', '')}#42`
  assert.deepEqual(await desk.host.repositories(), [
    {
      key,
      owner: 'acme',
      name: 'shop',
      params: { instanceUrl: url, group: 'acme', project: 'shop', hostKey: key },
    },
  ])
})

test('with groups in the settings, only projects somewhere below these are listed', async () => {
  const named = async (...groups: string[]) => {
    const config = { url: desk.gitlab.url, token: desk.gitlab.token, webhookSecret: null, groups }
    const host = createGitlabHost({ config, secretKey: 's', clock: systemClock, logger: silentLogger })
    return (await host.repositories?.())?.map(({ name }) => name)
  }
  assert.deepEqual(await named('tools', 'acme'), ['shop'])
  assert.deepEqual(await named('acme/web'), [])
  assert.deepEqual(await named('ac'), [])
})

test('git fetches with the token, also the code of a change', async () => {
  const git = createGit({ environment: process.env, clock: systemClock })
  const remote = desk.host.remote(desk.repository)
  assert.equal(remote.credentials?.username, 'oauth2')
  const refs = await git.run(['ls-remote', remote.address.url], { remote })
  const ref = desk.changes.ref(desk.change)
  assert.ok(refs.toString().split('\n').includes(`${desk.hash}\t${ref}`))
})

test('every call of the webhook that we make is believed, and means what was done', async () => {
  const calls: Heard[] = []
  const { door } = desk.host
  assert.ok(door)
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      calls.push(door.hear({ headers: request.headers, body: Buffer.concat(chunks) }))
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${door.path}`
  try {
    assert.equal(await desk.hooks.keep(desk.repository, url), 'made')
    const hash = await desk.ada.push('topic', 'third', { 'index.html': 'three' })
    const id = await desk.ada.comment(Number(desk.change), '/qaack help')
    await desk.ada.editComment(id, '/qaack rebuild')
    await desk.ada.close(Number(desk.change))
    await desk.gitlab.delivered()
    const received = calls.map((heard) => (assert.ok('delivery' in heard), desk.host.receive(heard.delivery)))
    const ids = calls.map((heard) => ('deliveryId' in heard ? heard.deliveryId : null))
    assert.equal(new Set(ids).size, calls.length)
    const events = received.flatMap((one: Received) => ('events' in one ? one.events : []))
    const changes = events.flatMap((event) => (event.kind === 'change' ? event.change : []))
    const comments = events.flatMap((event) => (event.kind === 'comment' ? event.comment : []))
    assert.ok(events.some(({ kind }) => kind === 'refs-changed'))
    assert.ok(changes.some((change) => change.state === 'open' && change.hash === hash))
    assert.equal(changes.at(-1)?.state, 'closed')
    const told = { id: String(id), author: 'ada', ours: false }
    assert.deepEqual(comments, [
      { ...told, text: '/qaack help', before: null },
      { ...told, text: '/qaack rebuild', before: undefined },
    ])
    const key = `${desk.gitlab.url.replace('http://', '')}#42`
    for (const event of events) assert.equal('repository' in event && event.repository?.key, key)
  } finally {
    server.close()
  }
})

test('all that was asked is as the API is described', () => {
  assert.deepEqual(desk.faults(), [])
})
