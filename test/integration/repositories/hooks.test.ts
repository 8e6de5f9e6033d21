import assert from 'node:assert/strict'
import test from 'node:test'
import { catchUp, newMemory } from '../../../src/changes/catch-up.ts'
import { HostFailure } from '../../../src/hosts/failure.ts'
import type { Parts } from '../../../src/parts.ts'
import { connectRepository } from '../../../src/repositories/connected.ts'
import { addGroup, addRepository, deleteRepository } from '../../../src/repositories/manage.ts'
import { settle, ManualClock } from '../../fakes/clock.ts'
import { FakeEngine } from '../../fakes/engine.ts'
import { GitHostWithChanges } from '../../fakes/git-host-with-changes.ts'
import { fakeDoor, FakeHooks } from '../../fakes/host-hooks.ts'
import { Origin } from '../../fakes/origin.ts'
import { makeParts } from '../../fakes/parts.ts'
import { hostRepository } from '../changes/setting.ts'

const url = 'https://previews.example.org/api/fake/webhooks'

/** A host with webhooks, of which one repository, `shop`, is known by hand. */
async function open(params: Record<string, unknown> = { token: 'secret' }) {
  const clock = new ManualClock()
  const settings = { baseUrl: 'https://previews.example.org' }
  const parts: Parts & AsyncDisposable = await makeParts({ engine: new FakeEngine(), clock, settings })
  const host = new GitHostWithChanges()
  const hooks = new FakeHooks()
  Object.assign(host, { given: null, door: fakeDoor, hooks })
  parts.hosts.github = host
  const origin = new Origin()
  origin.commit('main', { 'a.txt': 'a' })
  const group = await addGroup(parts, 'default')
  const wish = { name: 'shop', type: 'github', params: { origin: origin.dir, ...params } } as const
  return {
    parts,
    host,
    hooks,
    origin,
    clock,
    add: async () => {
      const { id } = await addRepository(parts, group.id, wish)
      await parts.background.drained()
      return id
    },
    pause: async () => (await parts.store.list('repository'))[0]?.settings.pollSeconds,
    said: async () =>
      (await parts.store.events({ since: 0, limit: 1000 }))
        .filter(({ kind, message }) => kind === 'repository' && message.includes('webhook'))
        .map(({ message }) => message),
    async [Symbol.asyncDispose]() {
      await parts[Symbol.asyncDispose]()
      origin[Symbol.dispose]()
    },
  }
}

const made = 'the webhook of shop was made at its host, which tells of pushes and changes from now on'

test('a repository that is added gets its webhook, and its refs are looked at less often', async () => {
  await using at = await open()
  await at.add()
  assert.deepEqual(at.hooks.there.get(at.origin.dir), { url, on: true })
  assert.deepEqual(await at.said(), [made])
  assert.equal(await at.pause(), 3600)
})

test('it is looked at in each comparison with the hosts, mended, and nothing is said while it is in order', async () => {
  await using at = await open()
  await at.add()
  const memory = newMemory()
  await catchUp(at.parts, memory)
  assert.deepEqual(at.hooks.calls, ['keep shop', 'keep shop'])
  assert.deepEqual(await at.said(), [made])
  at.hooks.there.set(at.origin.dir, { url, on: false })
  await catchUp(at.parts, memory)
  assert.deepEqual(await at.said(), [made, 'the webhook of shop was set right at its host'])
  at.hooks.there.clear()
  await catchUp(at.parts, memory)
  assert.equal((await at.said()).length, 3)
  assert.equal(memory.failures, 0)
})

test('a refusal is said once, also by the next process; the refs are looked at often until it works', async () => {
  await using at = await open()
  await at.add()
  at.hooks.failure = new HostFailure('refused', 'the token lacks the scope api')
  for (let count = 0; count < 3; count += 1) await catchUp(at.parts, newMemory())
  assert.equal(await at.pause(), 60)
  const refusal = 'the webhook of shop cannot be kept at its host: the token lacks the scope api'
  assert.deepEqual(await at.said(), [made, refusal])
  const memory = newMemory()
  await catchUp(at.parts, memory)
  assert.ok(memory.dueAt - at.clock.now() > 3_500_000, 'what a person has to change first waits for an hour')
  at.hooks.failure = undefined
  await catchUp(at.parts, memory)
  assert.deepEqual(await at.said(), [made, refusal, 'the webhook of shop can be kept at its host again'])
  assert.equal(await at.pause(), 3600)
})

test('a host that does not answer is asked again soon, keeps nothing else from it, and changes no pause', async () => {
  await using at = await open()
  at.hooks.failure = new HostFailure('unavailable', 'the host does not answer')
  await at.add()
  assert.equal(await at.pause(), 60)
  const memory = newMemory()
  await catchUp(at.parts, memory)
  assert.deepEqual(at.host.calls, ['repositories', 'recover', 'list'])
  assert.equal(memory.dueAt - at.clock.now(), 60_000)
  assert.equal((await at.said()).length, 1)
  at.hooks.failure = undefined
  await catchUp(at.parts, memory)
  assert.equal((await at.said()).at(-1), made)
})

test('a repository without a token is left alone without a word, and a pause that was chosen stays', async () => {
  await using at = await open({})
  await at.add()
  await catchUp(at.parts, newMemory())
  assert.deepEqual([at.hooks.there.size, await at.said(), await at.pause()], [0, [], 60])

  await using other = await open()
  const [group] = await other.parts.store.list('group')
  const params = { origin: other.origin.dir, token: 'secret' }
  const settings = { pollSeconds: 300 }
  await addRepository(other.parts, group?.id ?? '', { name: 'shop', type: 'github', params, settings })
  await other.parts.background.drained()
  assert.deepEqual([other.hooks.there.size, await other.pause()], [1, 300])
})

test('of a project that is here twice, the webhook stays until the last of both is deleted', async () => {
  await using at = await open()
  const first = await at.add()
  const [group] = await at.parts.store.list('group')
  const params = { origin: at.origin.dir, token: 'secret' }
  const wish = { name: 'again', type: 'github', params } as const
  const second = await addRepository(at.parts, group?.id ?? '', wish)
  await at.parts.background.drained()
  await deleteRepository(at.parts, first)
  await at.parts.background.drained()
  assert.equal(at.hooks.there.size, 1)
  await deleteRepository(at.parts, second.id)
  await at.parts.background.drained()
  assert.equal(at.hooks.there.size, 0)
})

test('one that its host gives to this server gets its webhook too', async () => {
  await using at = await open()
  const given = hostRepository('1', 'acme', 'shop', at.origin)
  await connectRepository(at.parts, 'github', { ...given, params: { ...given.params, token: 'secret' } })
  await at.parts.background.drained()
  assert.equal(at.hooks.there.get(at.origin.dir)?.url, url)
})

test('of many that are given at once, the host is asked of one after the other', async () => {
  await using at = await open()
  const { promise, resolve } = Promise.withResolvers<undefined>()
  at.hooks.hold = promise
  for (const key of ['1', '2', '3']) {
    const given = hostRepository(key, 'acme', `shop-${key}`, at.origin)
    const params = { ...given.params, origin: `${at.origin.dir}/${key}`, token: 'secret' }
    await connectRepository(at.parts, 'github', { ...given, params })
  }
  await settle()
  assert.deepEqual(at.hooks.calls, ['keep shop-1'])
  resolve(undefined)
  await at.parts.background.drained()
  assert.equal(at.hooks.there.size, 3)
})

test('it goes with its repository', async () => {
  await using at = await open()
  await deleteRepository(at.parts, await at.add())
  await at.parts.background.drained()
  assert.equal(at.hooks.there.size, 0)
})

test('a deletion does not wait for a host that fails or does not answer, which is said', async () => {
  await using at = await open()
  const byHand = `take ${url} away at its host by hand`
  const first = await at.add()
  at.hooks.failure = new HostFailure('unavailable', 'the host does not answer')
  await deleteRepository(at.parts, first)
  await at.parts.background.drained()
  assert.deepEqual((await at.said()).slice(1), [
    `the webhook of shop could not be removed: the host does not answer; ${byHand}`,
  ])
  at.hooks.failure = undefined
  const second = await at.add()
  const { promise: forEver } = Promise.withResolvers<undefined>()
  at.hooks.hold = forEver
  await deleteRepository(at.parts, second)
  assert.deepEqual(await at.parts.store.list('repository'), [])
  await settle()
  await at.clock.advance(30_000)
  await at.parts.background.drained()
  assert.equal(
    (await at.said()).at(-1),
    `the webhook of shop could not be removed: its host did not answer in time; ${byHand}`,
  )
})

test('what keeps a webhook while its repository is deleted leaves none behind', async () => {
  await using at = await open()
  const id = await at.add()
  const { promise, resolve } = Promise.withResolvers<undefined>()
  at.hooks.hold = promise
  const comparison = catchUp(at.parts, newMemory())
  await settle()
  await deleteRepository(at.parts, id)
  resolve(undefined)
  await comparison
  await at.parts.background.drained()
  assert.equal(at.hooks.there.size, 0)
  assert.deepEqual(at.hooks.calls.slice(-2), ['keep shop', 'remove shop'])
})
