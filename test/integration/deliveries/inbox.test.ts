import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HandleEvent } from '../../../src/deliveries/inbox.ts'
import { QaackError } from '../../../src/errors.ts'
import { settle } from '../../fakes/clock.ts'
import { call, rest, startSetting, wordsOf } from './setting.ts'

/** Milliseconds after which many calls at once are over, so that nothing waits for them any more. */
const rush = 1000

test('a delivery is kept when the call is answered, then handled, and its decision written down', async () => {
  await using setting = await startSetting()
  const { parts, handled } = setting
  const inbox = setting.inbox()
  assert.equal(await inbox.receive(call('one', '7 aaa')), 'kept')
  const [kept] = await parts.store.list('delivery')
  assert.deepEqual([kept?.status, kept?.events.map(wordsOf), handled], ['waiting', ['7 aaa'], []])
  await rest(parts)
  assert.deepEqual(handled, ['7 aaa'])
  const [done] = await parts.store.list('delivery')
  assert.deepEqual([done?.status, done?.events, done?.reason], ['done', [], 'seen 7 aaa'])
  assert.deepEqual(await setting.messages(), ['delivery: push (delivery one): seen 7 aaa'])
  assert.deepEqual(inbox.counts(), [{ host: 'github', outcome: 'done', count: 1 }])
})

test('the same delivery is handled once, one after the other and at once', async () => {
  await using setting = await startSetting()
  const inbox = setting.inbox()
  const answers = await Promise.all(Array.from({ length: 10 }, () => inbox.receive(call('one', '7 aaa'))))
  assert.equal(answers.filter((answer) => answer === 'kept').length, 1)
  await setting.clock.advance(rush)
  await rest(setting.parts)
  assert.equal(await inbox.receive(call('one', '7 aaa')), 'again')
  await rest(setting.parts)
  assert.deepEqual(setting.handled, ['7 aaa'])
  assert.deepEqual(
    inbox.counts().find(({ outcome }) => outcome === 'again'),
    { host: 'github', outcome: 'again', count: 10 },
  )
})

test('what is not for us is decided when the call is answered, with its reason, and handled by nobody', async () => {
  await using setting = await startSetting()
  const inbox = setting.inbox()
  await inbox.receive(call('one', 'not for us: nothing to do for stars'))
  const [record] = await setting.parts.store.list('delivery')
  assert.deepEqual([record?.status, record?.events], ['done', []])
  assert.deepEqual(inbox.counts(), [{ host: 'github', outcome: 'ignored', count: 1 }])
  await inbox.resume()
  await rest(setting.parts)
  assert.equal(await inbox.receive(call('one', 'not for us: nothing to do for stars')), 'again')
  assert.deepEqual(setting.handled, [])
  assert.deepEqual(await setting.messages(), [
    'ignored: push (delivery one): ignored: not for us: nothing to do for stars',
  ])
})

test('the decision is about the repository, where it is known', async () => {
  await using setting = await startSetting()
  const { store } = setting.parts
  const facts = { groupId: 'g', name: 'shop', type: 'github', createdAt: 0, syncedAt: null, syncError: null }
  const record = {
    ...facts,
    id: 'shop222222',
    version: 1,
    params: { origin: '/x', hostKey: '7' },
    settings: {},
  }
  await store.commit([{ insert: 'repository', record: record as never }])
  const inbox = setting.inbox()
  await inbox.receive(call('one', '7 aaa'))
  await inbox.receive(call('two', '8 bbb'))
  await rest(setting.parts)
  assert.deepEqual(
    (await store.events({})).map(({ repositoryId }) => repositoryId),
    ['shop222222', null],
  )
})

test('of one repository in the order of receipt, one at a time; another one is not held up', async () => {
  await using setting = await startSetting()
  const ends: (() => void)[] = []
  const slow: HandleEvent = async (_parts, _host, event) => {
    setting.handled.push(wordsOf(event))
    if (wordsOf(event).startsWith('7')) await new Promise<void>((resolve) => ends.push(resolve))
    return 'seen'
  }
  const inbox = setting.inbox(slow)
  for (const [id, payload] of ['7 a', '7 b', '8 c', '7 d'].entries())
    await inbox.receive(call(String(id), payload))
  await settle()
  assert.deepEqual(setting.handled, ['7 a', '8 c'])
  for (const expected of ['7 b', '7 d']) {
    ends.shift()?.()
    await settle()
    assert.equal(setting.handled.at(-1), expected)
  }
  ends.shift()?.()
  await rest(setting.parts)
  assert.equal(setting.handled.length, 4)
})

test('more than are held in memory come all, in their order', async () => {
  await using setting = await startSetting()
  const inbox = setting.inbox()
  const payloads = Array.from({ length: 600 }, (_, index) => `7 ${index}`)
  await Promise.all(payloads.map((payload, index) => inbox.receive(call(String(index), payload))))
  await setting.clock.advance(rush)
  await rest(setting.parts)
  assert.deepEqual(setting.handled, payloads)
  assert.equal((await setting.parts.store.ids('delivery', { status: 'done' })).length, 600)
})

test('what cannot be kept is not answered as kept, and comes when it is sent again', async () => {
  await using setting = await startSetting()
  const { store } = setting.parts
  const away = new QaackError('store_unavailable', 'the database is away')
  setting.parts.store = { ...store, commit: () => Promise.reject(away) }
  const inbox = setting.inbox()
  await assert.rejects(inbox.receive(call('one', '7 a')), away)
  setting.parts.store = store
  assert.equal(await inbox.receive(call('one', '7 a')), 'kept')
  await rest(setting.parts)
  assert.deepEqual(setting.handled, ['7 a'])
})

test('calls of a hook are one look at a repository until that has begun, and leave nothing behind', async () => {
  await using setting = await startSetting()
  const ends: (() => void)[] = []
  const inbox = setting.inbox(async (_parts, host, { kind }, repositoryId) => {
    setting.handled.push(`${host} ${kind} ${repositoryId}`)
    await new Promise<void>((resolve) => ends.push(resolve))
    return 'the refs were read'
  })
  const hook = {
    host: 'generic',
    deliveryId: null,
    event: 'push',
    payload: '',
    repositoryId: 'shop222222',
  } as const
  assert.equal(await inbox.receive(hook), 'kept')
  assert.equal(await inbox.receive(hook), 'again')
  await settle()
  assert.deepEqual(setting.handled, ['generic refs-changed shop222222'])
  assert.deepEqual([await inbox.receive(hook), await inbox.receive(hook)], ['kept', 'again'])
  await settle()
  ends.shift()?.()
  await settle()
  ends.shift()?.()
  await rest(setting.parts)
  assert.equal(setting.handled.length, 2)
  assert.deepEqual(await setting.parts.store.list('delivery'), [])
  assert.equal((await setting.parts.store.events({ repositoryId: 'shop222222' })).length, 2)
})
