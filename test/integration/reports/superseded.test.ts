import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HostFailure } from '../../../src/hosts/failure.ts'
import { publishChange } from '../../../src/reports/publish.ts'
import type { Fault } from '../../fakes/change-host.ts'
import { build, offered, repository } from '../../unit/reports/records.ts'
import { openPlace } from './place.ts'

type Place = Awaited<ReturnType<typeof openPlace>>

const newer = 'b'.repeat(40)

test('what a newer commit takes the place of is not waited for for ever', async () => {
  await using place = await openPlace()
  await place.begins()
  await publish(place)
  await push(place)
  await publish(place)
  assert.deepEqual(stateOf(place), {
    'status abc1234': 'error',
    'status bbbbbbb': 'pending',
    'check abc1234': 'cancelled',
    'check bbbbbbb': 'running',
  })
  const { calls } = place.host
  await publish(place)
  assert.equal(place.host.calls, calls, 'it is said once')
})

test('what had ended well stays so', async () => {
  await using place = await openPlace()
  await place.begins()
  await place.isReady()
  await publish(place)
  await push(place)
  await publish(place)
  assert.equal(stateOf(place)['status abc1234'], 'success')
  assert.equal(stateOf(place)['check abc1234'], 'success')
})

test('the end is said also where the answer to the beginning was lost, and where the end itself fails at first', async () => {
  for (const from of [2, 3, 5, 6, 7]) {
    await using place = await openPlace()
    const failure = new HostFailure('unavailable', 'the host does not answer')
    const fault: Fault = { from, forever: false, failure, afterWork: true }
    place.host.fault = fault
    await place.begins()
    await publish(place)
    await push(place)
    await publish(place)
    for (let turn = 0; turn < 3; turn += 1) {
      await place.clock.advance(60_000)
      await publish(place)
    }
    assert.deepEqual(
      stateOf(place),
      {
        'status abc1234': 'error',
        'status bbbbbbb': 'pending',
        'check abc1234': 'cancelled',
        'check bbbbbbb': 'running',
      },
      `call ${from}`,
    )
  }
})

test('a commit that the host knows no more keeps nothing from being said of the newer one', async () => {
  await using place = await openPlace()
  await place.begins()
  await publish(place)
  await push(place)
  const asked = place.host.publish.bind(place.host)
  place.host.publish = (from, item, handle) =>
    'hash' in item && item.hash === offered
      ? Promise.reject(new HostFailure('gone', 'there is no such commit'))
      : asked(from, item, handle)
  await publish(place)
  assert.equal(stateOf(place)['status bbbbbbb'], 'pending')
  assert.equal(stateOf(place)['check bbbbbbb'], 'running')
  assert.equal((await place.report())?.error, '')
})

test('a repository that went and came back finds what was said on its changes', async () => {
  const known = { ...repository, params: { ...repository.params, hostKey: '186853002' } }
  await using place = await openPlace({ repository: known })
  await place.begins()
  await publish(place)
  const before = place.host.shown.length
  const change = await place.parts.store.get('change', place.changeId)
  const report = await place.report()
  assert.ok(change && report)
  await place.parts.store.commit([
    { remove: 'change', id: change.id, version: change.version },
    { remove: 'report', id: report.id, version: report.version },
    { insert: 'change', record: { ...change, id: 'change3333', version: 0 } },
  ])
  await publishChange(place.parts, 'change3333', 'server-1')
  assert.equal(place.host.shown.length, before)
})

/** Another commit is offered, and its build begins. */
async function push(place: Place): Promise<void> {
  const environment = await place.parts.store.get('environment', 'abcdefghij')
  assert.ok(environment)
  await place.edit('build', 'build22222', { status: 'ended' })
  const number = environment.builds + 1
  const { builds, ref } = { builds: number, ref: { ...environment.ref, hash: newer } }
  const made = build({
    id: 'build33333',
    version: 0,
    number,
    hash: newer,
    stage: 'create',
    status: 'running',
  })
  await place.parts.store.commit([{ insert: 'build', record: { ...made, outcome: null, endedAt: null } }])
  await place.edit('environment', environment.id, { state: 'creating', serving: null, builds, ref })
  await place.edit('change', place.changeId, {
    hash: newer,
    verdict: { kind: 'build', hash: newer, why: '' },
  })
}

function publish(place: Place): Promise<void> {
  return publishChange(place.parts, place.changeId, 'server-1')
}

/** What is to be seen of each commit at the host. */
function stateOf({ host }: Place): Record<string, string> {
  return Object.fromEntries(
    host.shown.flatMap(({ item }) =>
      item.kind === 'status' || item.kind === 'check'
        ? [[`${item.kind} ${item.hash.slice(0, 7)}`, item.state]]
        : [],
    ),
  )
}
