import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { systemClock } from '../../../../src/clock.ts'
import type { FaultKind } from '../../../../src/demo/github/faults.ts'
import { createGithubHost } from '../../../../src/hosts/github/github-host.ts'
import { githubCom } from '../../../../src/hosts/github/server.ts'
import { silentLogger } from '../../../../src/logger.ts'
import { faultsOf } from '../../../fakes/github-openapi.ts'
import { ManualClock } from '../../../fakes/clock.ts'
import { changesOf, connect, disturbOnce, openDesk, record, strangersHost, type Desk } from './desk.ts'

let desk: Desk
before(async () => {
  desk = await openDesk()
})
after(() => desk.github.close())
afterEach(() => (desk.github.faults = undefined))

describe('changes', () => {
  test('that are open are listed; by name any, or none', async () => {
    const { changes, repository, change, hash } = desk
    const [first, ...others] = await changes.list(repository)
    assert.deepEqual(others, [])
    assert.deepEqual(
      [first?.name, first?.hash, first?.source, first?.target, first?.fork, first?.state],
      [change, hash, 'topic', 'main', false, 'open'],
    )
    assert.deepEqual(await changes.list(repository, change), [first])
    assert.deepEqual(await changes.list(repository, '4000'), [])
  })

  test('that were closed or merged are known by name only', async () => {
    const { ada, changes, repository } = desk
    for (const branch of ['closed', 'merged']) await ada.push(branch, branch, { [branch]: '1' })
    const closed = await ada.openChange({ title: 'Closed', head: 'closed' })
    const merged = await ada.openChange({ title: 'Merged', head: 'merged' })
    await ada.close(closed)
    await ada.merge(merged)
    const names = (await changes.list(repository)).map(({ name }) => name)
    assert.deepEqual(names, [desk.change])
    assert.equal((await changes.list(repository, String(closed)))[0]?.state, 'closed')
    assert.equal((await changes.list(repository, String(merged)))[0]?.state, 'merged')
  })

  test('from a fork are marked as such', async () => {
    const mallory = desk.github.user('mallory')
    await mallory.fork()
    await mallory.push('evil', 'evil', { 'evil.txt': '1' }, 'mallory/shop')
    const number = await mallory.openChange({ title: 'Evil', head: 'mallory:evil' })
    const [change] = await desk.changes.list(desk.repository, String(number))
    assert.deepEqual([change?.fork, change?.author, change?.source], [true, 'mallory', 'evil'])
    await mallory.close(number)
  })
})

test('who may push may write', async () => {
  const may = (person: string) => desk.changes.mayWrite(desk.repository, person)
  assert.deepEqual(await Promise.all(['ada', 'grace', 'mallory', 'nobody', 'bot[bot]'].map(may)), [
    true,
    true,
    false,
    false,
    false,
  ])
})

test('without an app a token sees what its owner sees', async () => {
  const host = strangersHost(desk.github)
  const repository = record(host, { token: desk.ada.token })
  assert.equal((await changesOf(host).list(repository, desk.change)).length, 1)
  assert.equal(await changesOf(host).mayWrite(repository, 'grace'), true)
  assert.equal((await changesOf(host).list(record(host, {}), desk.change)).length, 1)
  await assert.rejects(changesOf(host).mayWrite(record(host, {}), 'grace'), { kind: 'refused' })
})

test('a token is for the server that its repository is at, whichever the settings name', async () => {
  const { github, ada, change } = desk
  const repository = record(strangersHost(github), { token: ada.token })
  const parts = { connection: () => null, clock: systemClock, logger: silentLogger }
  const changes = changesOf(createGithubHost({ ...parts, server: githubCom }))
  assert.equal((await changes.list(repository, change)).length, 1)
})

test('repositories of the installation are listed', async () => {
  const { installationId } = desk.github.app
  await desk.ada.createRepository({ owner: 'acme', name: 'docs' })
  const names = async () => ((await desk.host.repositories()) ?? []).map(({ name }) => name).sort()
  assert.deepEqual(await names(), ['docs', 'shop'])
  const shop = (await desk.host.repositories())?.find(({ name }) => name === 'shop')
  assert.ok(shop)
  assert.deepEqual(shop.params, {
    owner: 'acme',
    repo: 'shop',
    hostKey: shop.key,
    installation: installationId,
  })
  await desk.github.chooseRepositories(['acme/docs'])
  assert.deepEqual(await names(), ['docs'])
  await desk.github.chooseRepositories('all')
})

describe('what goes wrong', () => {
  const kinds: [FaultKind, string][] = [
    ['server-error', 'unavailable'],
    ['bad-gateway', 'unavailable'],
    ['done-then-drop', 'unavailable'],
    ['rate-limit', 'limited'],
    ['secondary-limit', 'limited'],
    ['too-many-requests', 'limited'],
  ]

  for (const [fault, kind] of kinds) {
    test(`${fault} is ${kind}, and asked once`, async () => {
      const before = desk.github.requests.length
      disturbOnce(desk.github, fault)
      const start = systemClock.now()
      const caught: unknown = await desk.changes.list(desk.repository).then(
        () => undefined,
        (error: unknown) => error,
      )
      assert.ok(caught instanceof Error && 'retryAt' in caught && 'kind' in caught)
      assert.equal(caught.kind, kind)
      if (kind === 'limited')
        assert.ok(Number(caught.retryAt) > start && Number(caught.retryAt) < systemClock.now() + 5000)
      assert.equal(desk.github.requests.length, before + 1)
    })
  }

  for (const fault of ['hang', 'done-then-hang'] as const) {
    test(`${fault} ends after ten seconds`, async () => {
      const clock = new ManualClock()
      const { host } = await connect(desk.github, { clock })
      const changes = changesOf(host)
      await changes.list(desk.repository)
      const asked = desk.github.requests.length
      disturbOnce(desk.github, fault)
      const listing = assert.rejects(changes.list(desk.repository), {
        kind: 'unavailable',
        message: 'GitHub did not answer within 10 seconds',
      })
      while (desk.github.requests.length === asked) await new Promise((resolve) => setImmediate(resolve))
      await clock.advance(10_000)
      await listing
    })
  }

  test('a repository that the app cannot reach is gone', async () => {
    const elsewhere = record(desk.host, { repo: 'nothing', installation: desk.github.app.installationId })
    await assert.rejects(desk.changes.list(elsewhere), { kind: 'gone' })
  })

  test('an installation that is none is gone', async () => {
    const elsewhere = record(desk.host, { installation: 1 })
    await assert.rejects(desk.changes.list(elsewhere), { kind: 'gone' })
  })

  test('no token is in any message', async () => {
    const host = strangersHost(desk.github)
    const repository = record(host, { token: 'ghp_verysecret' })
    await assert.rejects(changesOf(host).list(repository), (error: Error) => {
      assert.match(error.message, /does not accept our credentials/)
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /verysecret/)
      return true
    })
  })
})

test('all that was asked is as GitHub describes its API', () => {
  const faults = desk.github.requests.flatMap((request) => faultsOf(request))
  assert.deepEqual([...new Set(faults)], [])
})
