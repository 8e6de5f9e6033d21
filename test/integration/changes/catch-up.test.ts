import assert from 'node:assert/strict'
import test from 'node:test'
import { catchUp, catchUpForever, newMemory } from '../../../src/changes/catch-up.ts'
import { handleEvent } from '../../../src/changes/handle.ts'
import { lockService, unlockService } from '../../../src/environments/lock.ts'
import { HostFailure } from '../../../src/hosts/failure.ts'
import { emptyReport } from '../../../src/reports/report.ts'
import { deleteRepository } from '../../../src/repositories/manage.ts'
import type { DeliveryRecord } from '../../../src/stores/store.ts'
import { settle } from '../../fakes/clock.ts'
import { Origin } from '../../fakes/origin.ts'
import { hostRepository, openChanges, simple } from './setting.ts'

const unavailable = new HostFailure('unavailable', 'the host does not answer')

test('what was missed is made good: changes that are open, were pushed to, were closed or vanished', async () => {
  await using at = await openChanges()
  for (const name of ['1', '2', '3']) await at.tell(at.offer(name, { 'a.txt': name }))
  for (const name of ['1', '2', '3']) await at.untilPreview(name, 'built')
  const missed = at.offer('4', { 'a.txt': 'missed' })
  const pushed = at.offer('1', { 'a.txt': 'pushed' })
  at.edit('2', { state: 'merged' })
  at.host.known.delete('1/3')

  const memory = newMemory()
  await catchUp(at.parts, memory)
  await at.untilPreview('4', 'built')
  await at.untilTrue(async () => (await at.preview('1')).serving?.hash === pushed.hash, 'at what was pushed')
  assert.equal((await at.preview('4')).serving?.hash, missed.hash)
  assert.deepEqual(await at.previews('2'), [])
  assert.deepEqual(await at.previews('3'), [])
  assert.equal((await at.change('2')).state, 'merged')
  assert.equal((await at.change('3')).state, 'closed')
  const left = memory.dueAt - at.clock.now()
  assert.ok(left > 3_500_000 && left <= 3_600_000, `the next one is due in ${left} ms`)

  const before = await at.messages()
  await catchUp(at.parts, memory)
  assert.deepEqual(await at.messages(), before)
})

test('a decision that was not written down, or was waited for, is made', async () => {
  await using at = await openChanges()
  const opened = at.offer('12', { 'a.txt': 'one' }, { fork: true })
  await at.tell(opened)
  const change = await at.change('12')
  const approved = { hash: opened.hash, target: 'main', by: 'alice', at: 1 }
  await at.parts.store.commit([{ save: 'change', record: { ...change, approved } }])
  await catchUp(at.parts, newMemory())
  await at.untilPreview('12', 'built')
})

test('previews of changes that nobody knows, or that were locked when they ended, go', async () => {
  await using at = await openChanges()
  for (const name of ['1', '2']) await at.tell(at.offer(name, { 'a.txt': name }))
  for (const name of ['1', '2']) await at.untilPreview(name, 'built')
  const { id: first } = await at.preview('1')
  await lockService(at.parts, first, 'db')
  await at.tell(at.edit('1', { state: 'closed' }))
  const { id, version } = await at.change('2')
  at.host.known.delete('1/2')
  await at.parts.store.commit([{ remove: 'change', id, version }])

  const memory = newMemory()
  await catchUp(at.parts, memory)
  await catchUp(at.parts, memory)
  const left = () => at.parts.store.list('environment', { refType: 'change' })
  assert.deepEqual(
    (await left()).map((one) => one.id),
    [first],
  )
  const told = (await at.messages()).filter((one) => one.includes('locked services (db)'))
  assert.equal(told.length, 1)
  await unlockService(at.parts, first, 'db')
  await catchUp(at.parts, memory)
  assert.deepEqual(await left(), [])
})

test('a locked preview of a change that ended is no failure, and nothing new is made beside it', async () => {
  await using at = await openChanges()
  await at.tell(at.offer('12', { 'a.txt': 'one' }))
  const { id } = await at.untilPreview('12', 'built')
  await lockService(at.parts, id, 'db')
  await at.tell(at.edit('12', { state: 'closed' }))
  const memory = newMemory()
  await catchUp(at.parts, memory)
  assert.equal(memory.failures, 0)
  assert.equal((await at.previews('12')).length, 1)
  const clone = await at.say('12', '/qaack clone')
  assert.deepEqual([clone.reaction, clone.text], ['refused', 'The change was closed.'])
})

test('of a repository that is deleted while its changes are compared nothing stays', async () => {
  await using at = await openChanges()
  at.offer('12', { 'a.txt': 'one' })
  const owner = { kind: 'repository', id: at.repositoryId } as const
  const facts = { value: 'sealed', visibility: 'always', type: 'secret', path: null } as const
  const record = { id: 'variable22', version: 0, owner, name: 'KEY', ...facts }
  await at.parts.store.commit([{ insert: 'variable', record }])
  at.host.meanwhile = () => deleteRepository(at.parts, at.repositoryId)
  await catchUp(at.parts, newMemory())
  assert.deepEqual(await at.parts.store.list('change'), [])
  assert.deepEqual(await at.parts.store.list('variable'), [])
})

test('one repository that fails keeps no other from it, is said once, and is tried again soon', async () => {
  await using at = await openChanges()
  using second = new Origin()
  second.commit('main', { 'qaack/qaack.yml': simple })
  at.host.given?.push(hostRepository('2', 'acme', 'other', second))
  at.offer('12', { 'a.txt': 'one' })
  at.host.failures.push({ call: 'list', times: 1, error: unavailable })
  at.host.failures.push({ call: 'recover', times: 1, error: unavailable })

  const memory = newMemory()
  await catchUp(at.parts, memory)
  assert.equal((await at.parts.store.list('repository', { hostKey: 'github:2' })).length, 1)
  assert.equal(memory.dueAt - at.clock.now(), 60_000)
  assert.deepEqual(await at.previews('12'), [])
  at.host.failures.push({ call: 'list', times: 1, error: unavailable })
  await catchUp(at.parts, memory)
  assert.equal(memory.dueAt - at.clock.now(), 120_000)
  await catchUp(at.parts, memory)
  await at.untilPreview('12', 'built')
  const said = (await at.messages('repository')).filter((one) => one.includes('compared'))
  assert.deepEqual(said, [
    'deliveries of github could not be compared: the host does not answer',
    'changes of shop could not be compared: the host does not answer',
    'deliveries of github can be compared again',
    'changes of shop can be compared again',
  ])
})

test('a limit of the host is waited for', async () => {
  await using at = await openChanges()
  const retryAt = at.clock.now() + 1_800_000
  at.host.failures.push({ call: 'list', times: 1, error: new HostFailure('limited', 'wait', { retryAt }) })
  const memory = newMemory()
  await catchUp(at.parts, memory)
  assert.equal(memory.dueAt, retryAt)
})

test('deliveries that did not arrive are asked for, of three days at first, then of the last hours', async () => {
  await using at = await openChanges()
  at.host.missed = ['one', 'two', 'three']
  await at.parts.store.commit([{ insert: 'delivery', record: arrived('two') }])
  const memory = newMemory()
  await catchUp(at.parts, memory)
  await at.clock.advance(3_600_000)
  await catchUp(at.parts, memory)
  const now = at.clock.now()
  assert.deepEqual(
    at.host.recovered.map(({ since }) => now - since),
    [73 * 3_600_000, 2 * 3_600_000],
  )
  assert.match(
    (await at.messages('delivery'))[0] ?? '',
    /^2 deliveries that did not arrive were asked for again/,
  )
})

test('it is done at start and every hour, until the service ends', async () => {
  await using at = await openChanges()
  const ending = new AbortController()
  const rounds = () => at.host.calls.filter((call) => call === 'repositories').length
  catchUpForever(at.parts, ending.signal)
  await at.untilTrue(async () => Promise.resolve(rounds() === 1), 'one round')
  await at.parts.background.drained()
  await at.clock.advance(3_500_000)
  assert.equal(rounds(), 1)
  await at.clock.advance(200_000)
  await at.untilTrue(async () => Promise.resolve(rounds() === 2), 'two rounds')
  await at.parts.background.drained()
  ending.abort()
  await at.clock.advance(8_000_000)
  await settle()
  assert.equal(rounds(), 2)
})

test('a repository that is deleted takes what is kept of its changes along', async () => {
  await using at = await openChanges()
  await at.tell(at.offer('12', { 'a.txt': 'one' }))
  await at.untilPreview('12', 'built')
  const { id } = await at.change('12')
  await at.parts.store.commit([{ insert: 'report', record: emptyReport(id) }])
  await deleteRepository(at.parts, at.repositoryId)
  for (const kind of ['change', 'report', 'environment', 'repository'] as const)
    assert.deepEqual(await at.parts.store.list(kind), [], kind)
})

function arrived(deliveryId: string): DeliveryRecord {
  const what = { deliveryId, repositoryId: null, event: 'push', events: [] }
  return { id: deliveryId, version: 0, host: 'github', ...what, receivedAt: 1, status: 'done', reason: '' }
}

test('a host that only says that something is different is compared with what is kept', async () => {
  await using at = await openChanges()
  using second = new Origin()
  second.commit('main', { 'qaack/qaack.yml': simple })
  at.host.given = [hostRepository('2', 'acme', 'other', second)]
  const said = await handleEvent(at.parts, 'github', { kind: 'repositories', appeared: [], gone: [] }, null)
  assert.match(said, /compared/)
  await at.untilTrue(async () => {
    const names = (await at.parts.store.list('repository')).map(({ name }) => name)
    return names.join() === 'other'
  }, 'what the host took back is gone, and what it gave is there')
})

test('an owner of whom nothing is given any more, as by another app, loses nothing, and that is said once', async () => {
  await using at = await openChanges()
  await at.tell(at.offer('1', { 'a.txt': 'one' }))
  await at.untilPreview('1', 'built')
  at.host.given = []
  const memory = newMemory()
  await catchUp(at.parts, memory)
  await catchUp(at.parts, memory)
  assert.equal((await at.preview('1')).state, 'built')
  const said = (await at.messages()).filter((one) => one.includes('nothing of acme any more'))
  assert.equal(said.length, 1)
})

test('nor does one whose name is given by another instance of the same kind of host', async () => {
  await using at = await openChanges()
  const elsewhere = hostRepository('git.example.org#1', 'acme', 'shop', at.origin)
  at.host.given = [
    { ...elsewhere, params: { ...elsewhere.params, origin: 'https://git.example.org/acme/shop' } },
  ]
  await catchUp(at.parts, newMemory())
  const kept = (await at.parts.store.list('repository')).map(({ id, name }) => [id === at.repositoryId, name])
  assert.deepEqual(kept.toSorted(), [
    [false, 'shop-2'],
    [true, 'shop'],
  ])
  const said = (await at.messages()).filter((one) => one.includes('nothing of acme any more'))
  assert.equal(said.length, 1)
})
