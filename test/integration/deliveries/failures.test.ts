import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HandleEvent } from '../../../src/deliveries/inbox.ts'
import { QaackError } from '../../../src/errors.ts'
import { HostFailure } from '../../../src/hosts/failure.ts'
import { settle } from '../../fakes/clock.ts'
import { call, rest, startSetting, wordsOf, type Setting } from './setting.ts'

const minute = 60_000

/** Fails for the first so many tries of each delivery of repository 7. */
function failing(setting: Setting, times: number, error: Error): HandleEvent {
  let left = times
  return (_parts, _host, event) => {
    setting.handled.push(wordsOf(event))
    if (wordsOf(event).startsWith('7') && left-- > 0) return Promise.reject(error)
    return Promise.resolve('seen')
  }
}

test('what failed for now is tried again after a pause, and holds up nothing meanwhile', async () => {
  await using setting = await startSetting()
  const inbox = setting.inbox(failing(setting, 2, new HostFailure('unavailable', 'GitHub did not answer')))
  await inbox.receive(call('one', '7 a'))
  await settle()
  await inbox.receive(call('two', '8 b'))
  await settle()
  assert.deepEqual(setting.handled, ['7 a', '8 b'])
  await setting.clock.advance(2_000)
  assert.deepEqual(setting.handled, ['7 a', '8 b', '7 a'])
  await setting.clock.advance(3_999)
  assert.equal(setting.handled.length, 3)
  await setting.clock.advance(1)
  await rest(setting.parts)
  assert.deepEqual(setting.handled, ['7 a', '8 b', '7 a', '7 a'])
  const statuses = (await setting.parts.store.list('delivery')).map(({ status }) => status)
  assert.deepEqual(statuses, ['done', 'done'])
})

test('what never succeeds is given up as a fault; sent again it is tried again', async () => {
  await using setting = await startSetting()
  const inbox = setting.inbox(failing(setting, 8, new TypeError('a fault of ours')))
  await inbox.receive(call('one', '7 a'))
  await setting.clock.advance(10 * minute)
  await rest(setting.parts)
  assert.equal(setting.handled.length, 8)
  const [given] = await setting.parts.store.list('delivery')
  assert.deepEqual([given?.status, given?.events], ['failed', []])
  assert.deepEqual(await setting.messages(), [
    'delivery: push (delivery one) waits: a fault of ours; it is tried again',
    'fault: push (delivery one): given up after 8 tries: a fault of ours',
  ])
  assert.equal(await inbox.receive(call('one', '7 a')), 'kept')
  await rest(setting.parts)
  assert.equal((await setting.messages()).at(-1), 'delivery: push (delivery one): seen')
  assert.equal((await setting.parts.store.list('delivery'))[0]?.status, 'done')
  assert.equal(await inbox.receive(call('one', '7 a')), 'again')
})

test('that a delivery waits, and why, is said once for each, also over a restart', async () => {
  await using setting = await startSetting()
  const { parts } = setting
  const away = new HostFailure('unavailable', 'GitHub did not answer')
  await setting.inbox(failing(setting, 99, away)).receive(call('one', '7 a'))
  await setting.clock.advance(minute)
  const waits = 'delivery: push (delivery one) waits: GitHub did not answer; it is tried again'
  assert.deepEqual(await setting.messages(), [waits])
  assert.ok(setting.handled.length > 3)
  const [record] = await parts.store.list('delivery')
  assert.deepEqual([record?.status, record?.reason], ['waiting', 'GitHub did not answer'])
  assert.equal(record?.events.length, 1)
  const next = setting.inbox(failing(setting, 1, away))
  await next.resume()
  await setting.clock.advance(2_000)
  await settle()
  assert.deepEqual(await setting.messages(), [waits, 'delivery: push (delivery one): seen'])
  assert.equal((await parts.store.list('delivery'))[0]?.reason, 'seen')
})

test('a store that cannot be written to keeps nothing from being tried again', async () => {
  await using setting = await startSetting()
  const { store } = setting.parts
  const commit = store.commit.bind(store)
  const inbox = setting.inbox(failing(setting, 1, new HostFailure('unavailable', 'GitHub did not answer')))
  await inbox.receive(call('one', '7 a'))
  store.commit = () => {
    store.commit = commit
    return Promise.reject(new QaackError('store_unavailable', 'the database is away'))
  }
  await settle()
  await setting.clock.advance(2_000)
  await rest(setting.parts)
  assert.deepEqual(setting.handled, ['7 a', '7 a'])
  assert.deepEqual(await setting.messages(), ['delivery: push (delivery one): seen'])
})

test('what is refused for good is not tried again, and is nobody’s fault', async () => {
  await using setting = await startSetting()
  const inbox = setting.inbox(failing(setting, 1, new HostFailure('refused', 'the app may not read this')))
  await inbox.receive(call('one', '7 a'))
  await setting.clock.advance(10 * minute)
  await rest(setting.parts)
  assert.equal(setting.handled.length, 1)
  assert.deepEqual(await setting.messages(), [
    'ignored: push (delivery one): not possible: the app may not read this',
  ])
})

test('a host that throws at a payload holds up nobody', async () => {
  await using setting = await startSetting()
  const { parts } = setting
  const { github } = parts.hosts
  assert.ok(github)
  parts.hosts.github = {
    ...github,
    receive(delivery) {
      if (delivery.payload === 'bang') throw new Error('this must not be')
      return github.receive(delivery)
    },
  }
  const inbox = setting.inbox()
  await inbox.receive(call('one', 'bang'))
  await inbox.receive(call('two', '7 a'))
  await rest(parts)
  assert.deepEqual(setting.handled, ['7 a'])
  assert.equal((await parts.store.list('delivery', { deliveryId: 'one' }))[0]?.status, 'failed')
})

test('what a server of an earlier version kept beside this one holds up nobody', async () => {
  await using setting = await startSetting()
  const { parts } = setting
  const facts = { id: 'old2222222', version: 1, host: 'github', deliveryId: 'one', repositoryId: null }
  const old = { ...facts, event: 'push', payload: '7 a', receivedAt: 0, status: 'waiting', reason: '' }
  await parts.store.commit([{ insert: 'delivery', record: old as never }])
  const inbox = setting.inbox()
  await inbox.resume()
  await inbox.receive(call('two', '8 b'))
  await rest(parts)
  assert.deepEqual(setting.handled, ['8 b'])
  const [kept] = await parts.store.list('delivery', { deliveryId: 'one' })
  assert.deepEqual([kept?.status, kept?.events], ['failed', []])
  assert.match((await setting.messages()).join('\n'), /fault: push \(delivery one\): .*send it again/)
  assert.equal(await inbox.receive(call('one', '7 a')), 'kept')
  await rest(parts)
  assert.deepEqual(setting.handled, ['8 b', '7 a'])
})

test('what was kept when the process ended is taken up by the next one, in its order', async () => {
  await using setting = await startSetting()
  const before = setting.inbox(setting.stuck)
  for (const [id, payload] of ['7 a', '8 b', '7 c'].entries()) await before.receive(call(String(id), payload))
  await settle()
  await setting.inbox().resume()
  await settle()
  assert.deepEqual(setting.handled, ['7 a', '8 b', '7 c'])
  const statuses = (await setting.parts.store.list('delivery')).map(({ status }) => status)
  assert.deepEqual(statuses, ['done', 'done', 'done'])
})

test('of two servers that handle the same delivery one writes it down', async () => {
  await using setting = await startSetting()
  const ends: (() => void)[] = []
  const slow: HandleEvent = () => new Promise((resolve) => ends.push(() => resolve('seen')))
  const [first, second] = [setting.inbox(slow), setting.inbox(slow)]
  await first.receive(call('one', '7 a'))
  await second.resume()
  await settle()
  assert.equal(ends.length, 2)
  for (const end of ends) end()
  await rest(setting.parts)
  assert.deepEqual(await setting.messages(), ['delivery: push (delivery one): seen'])
  const counts = [...first.counts(), ...second.counts()].map(({ count }) => count)
  assert.deepEqual(counts, [1])
})

test('what another server left behind is taken after a minute, not what it may be working on', async () => {
  await using setting = await startSetting()
  const stopped = new AbortController()
  setting.inbox().start(stopped.signal)
  await settle()
  const other = setting.inbox(setting.stuck)
  await other.receive(call('one', '7 a'))
  await setting.clock.advance(minute)
  assert.deepEqual(setting.handled, [])
  await setting.clock.advance(minute)
  assert.deepEqual(setting.handled, ['7 a'])
  stopped.abort()
})

test('what nobody can send again is forgotten', async () => {
  await using setting = await startSetting()
  const stopped = new AbortController()
  const inbox = setting.inbox()
  const many = Array.from({ length: 150 }, (_, index) => inbox.receive(call(`old ${index}`, `7 ${index}`)))
  await Promise.all(many)
  // so many at once are waited for before any is read
  await setting.clock.advance(minute)
  await rest(setting.parts)
  await setting.clock.advance(24 * 60 * minute)
  await inbox.receive(call('young', '7 a'))
  await rest(setting.parts)
  await setting.clock.advance(2 * 24 * 60 * minute)
  inbox.start(stopped.signal)
  assert.equal((await setting.parts.store.ids('delivery')).length, 151)
  await setting.clock.advance(minute)
  await rest(setting.parts)
  assert.deepEqual(
    (await setting.parts.store.list('delivery')).map(({ deliveryId }) => deliveryId),
    ['young'],
  )
  stopped.abort()
})
