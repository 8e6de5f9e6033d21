import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HostFailure } from '../../../src/hosts/failure.ts'
import { publishChange } from '../../../src/reports/publish.ts'
import { reportKinds } from '../../../src/reports/report.ts'
import type { Fault } from '../../fakes/change-host.ts'
import { ManualClock, settle } from '../../fakes/clock.ts'
import { now, offered } from '../../unit/reports/records.ts'
import { openPlace } from './place.ts'

type Place = Awaited<ReturnType<typeof openPlace>>

const allOff = { comment: false, status: false, check: false, deployment: false }
const unavailable = new HostFailure('unavailable', 'the host does not answer')

describe('a change', () => {
  test('is reported on from its begin to its end, in one comment', async () => {
    await using place = await openPlace()
    await publish(place)
    assert.equal(place.host.calls, 0, 'nothing is said before the first decision')

    for (const step of [place.begins, place.builds, place.isReady, place.closes]) {
      await step()
      await publish(place)
    }
    const words = (kind: 'comment' | 'status' | 'check' | 'deployment') =>
      place.host.of(kind).map(({ said }) => said)
    assert.deepEqual(words('comment'), [
      [
        '### ⏳ Preview: creating the services',
        '### ⏳ Preview: building',
        '### ✅ Preview ready',
        '### 🏁 Closed',
      ],
    ])
    // What says nothing new is not said.
    assert.deepEqual(words('status'), [['pending', 'success', 'success']])
    assert.deepEqual(words('check'), [['running', 'success', 'success']])
    assert.deepEqual(words('deployment'), [['running', 'success', 'inactive']])
    assert.deepEqual(await restOf(place), { lease: null, failures: 0, retryAt: null, error: '', rests: true })
  })

  test('is asked nothing twice', async () => {
    await using place = await openPlace()
    await place.begins()
    await publish(place)
    const { calls } = place.host
    const version = (await place.report())?.version
    await publish(place)
    assert.equal(place.host.calls, calls)
    assert.equal((await place.report())?.version, version, 'a look that finds nothing writes nothing')
  })

  test('that ended before anything was said hears nothing', async () => {
    await using place = await openPlace()
    await place.begins()
    await place.closes()
    await publish(place)
    assert.equal(place.host.calls, 0)
    assert.equal(await place.report(), undefined)
  })

  test('that is opened again is reported on again, in the same comment', async () => {
    await using place = await openPlace()
    await place.begins()
    await publish(place)
    await place.closes()
    await publish(place)
    await place.edit('change', place.changeId, { state: 'open' })
    await place.decided({ kind: 'approval', hash: offered, why: '' })
    await publish(place)
    assert.equal(place.host.of('comment').length, 1)
    assert.match(place.host.last('comment')?.body ?? '', /waits for approval/)
    assert.equal((await place.report())?.rests, false)
  })

  test('hears its end also by what was switched off since', async () => {
    await using place = await openPlace()
    await place.begins()
    await place.isReady()
    await publish(place)
    const [repository] = await place.parts.store.list('repository')
    assert.ok(repository)
    const settings = { ...repository.settings, report: allOff }
    await place.edit('repository', repository.id, { settings })
    await publish(place)
    await place.closes()
    await publish(place)
    assert.match(place.host.last('comment')?.body ?? '', /^### 🏁 Closed/)
    assert.equal(place.host.last('deployment')?.state, 'inactive')
  })

  test('whose repository has parts switched off gets only the others', async () => {
    await using place = await openPlace()
    const record = await place.parts.store.get('repository', 'repository')
    const report = { comment: true, status: false, check: false, deployment: true }
    await place.edit('repository', 'repository', { settings: { ...record!.settings, report } })
    await place.begins()
    await publish(place)
    assert.deepEqual(place.host.shown.map(({ item }) => item.kind).sort(), ['comment', 'deployment'])
  })

  test('whose comment was deleted by hand gets another with the next news', async () => {
    await using place = await openPlace()
    await place.begins()
    await publish(place)
    place.host.deleteByHand('comment')
    await publish(place)
    assert.equal(place.host.of('comment').length, 0)
    await place.isReady()
    await publish(place)
    assert.deepEqual(
      place.host.of('comment').map(({ said }) => said),
      [['### ✅ Preview ready']],
    )
  })

  test('that moves on while it is published is shown as it is at the end', async () => {
    await using place = await openPlace()
    await place.begins()
    const gate = Promise.withResolvers<void>()
    place.host.hold = gate.promise
    const publishing = publish(place)
    await settle()
    await place.isReady()
    gate.resolve()
    await publishing
    assert.equal(place.host.last('status')?.state, 'success')
    assert.match(place.host.last('comment')?.body ?? '', /Preview ready/)
    assert.deepEqual(
      place.host.of('deployment').map(({ said }) => said),
      [['success']],
    )
  })
})

describe('publishing at once', () => {
  test('ten times makes one of each', async () => {
    await using place = await openPlace()
    await place.begins()
    await Promise.all(Array.from({ length: 10 }, () => publish(place)))
    assertOneOfEach(place)
    assert.equal(place.host.calls, 4)
  })

  test('on two servers makes one of each', async () => {
    await using place = await openPlace()
    const other = place.another()
    for (const step of [place.begins, place.builds, place.isReady, place.closes]) {
      await step()
      const both = () =>
        Promise.all([
          publish(place),
          publishChange(other, place.changeId, 'two'),
          publishChange(other, place.changeId, 'two'),
        ])
      await both()
      await both()
    }
    assertEnd(place)
  })

  test('is left to who began, until that one is not heard of any more', async () => {
    await using place = await openPlace()
    await place.begins()
    // A server that dies while the host answers: its time stands still, so it renews nothing.
    const gate = Promise.withResolvers<void>()
    place.host.hold = gate.promise
    const dead = publishChange(place.another({ clock: new ManualClock(now) }), place.changeId, 'dead')
    await settle()
    assert.equal(place.host.calls, 1)
    place.host.hold = undefined

    await place.clock.advance(29_000)
    await publish(place)
    assert.equal(place.host.calls, 1)
    await place.clock.advance(2_000)
    await publish(place)
    assertOneOfEach(place)

    // It comes back, and sees that it lost its place.
    const { calls } = place.host
    gate.resolve()
    await dead
    assert.equal(place.host.calls, calls)
    assert.equal((await place.report())?.lease, null)
  })

  test('is held for as long as the host takes', async () => {
    await using place = await openPlace()
    await place.begins()
    const gate = Promise.withResolvers<void>()
    place.host.hold = gate.promise
    const slow = publish(place)
    await settle()
    for (let turn = 0; turn < 12; turn += 1) await place.clock.advance(10_000)
    await publishChange(place.another(), place.changeId, 'two')
    assert.equal(place.host.calls, 1)
    gate.resolve()
    await slow
    assertOneOfEach(place)
  })
})

describe('a host that fails', () => {
  for (const afterWork of [false, true])
    for (const forever of [false, true])
      test(`at the n-th call${forever ? ' and from then on' : ''}${afterWork ? ', after it did the work,' : ''} is told the end, once`, async () => {
        let calls = 1
        for (let from = 1; from <= calls; from += 1) {
          await using place = await openPlace()
          await playWith(place, { from, forever, afterWork, failure: unavailable })
          calls = Math.max(calls, forever ? 12 : place.host.calls - 1)
          assertEnd(place)
          assert.equal((await place.report())?.rests, true)
        }
        assert.ok(calls > 10)
      })

  test('is asked again after growing pauses, and not before', async () => {
    await using place = await openPlace()
    await place.begins()
    place.host.fault = { from: 1, forever: true, afterWork: false, failure: unavailable }
    const pauses: number[] = []
    for (let turn = 0; turn < 6; turn += 1) {
      await publish(place)
      const pause = ((await place.report())?.retryAt ?? 0) - place.clock.now()
      pauses.push(pause)
      const { calls } = place.host
      await place.clock.advance(pause - 1)
      await publish(place)
      assert.equal(place.host.calls, calls)
      await place.clock.advance(1)
    }
    assert.deepEqual(pauses, [5_000, 15_000, 60_000, 300_000, 300_000, 300_000])
    assert.equal((await place.report())?.error, 'the host does not answer')
  })

  test('in one part is shown the others', async () => {
    await using place = await openPlace()
    await place.begins()
    place.host.refusals.set('status', unavailable)
    await publish(place)
    assert.deepEqual(place.host.shown.map(({ item }) => item.kind).sort(), ['check', 'comment', 'deployment'])
    place.host.refusals.clear()
    await place.clock.advance(5_000)
    await publish(place)
    assertOneOfEach(place)
    assert.equal((await place.report())?.error, '')
  })

  test('by a limit is left alone until it says so', async () => {
    await using place = await openPlace()
    await place.begins()
    const failure = new HostFailure('limited', 'too many requests', { retryAt: place.clock.now() + 90_000 })
    place.host.fault = { from: 2, forever: false, afterWork: false, failure }
    await publish(place)
    assert.equal(place.host.calls, 2, 'nothing more is asked of a host that wants us to wait')
    await place.clock.advance(89_000)
    await publish(place)
    assert.equal(place.host.calls, 2)
    await place.clock.advance(1_000)
    await publish(place)
    assertOneOfEach(place)
  })

  test('by a limit without a time is left alone for a minute', async () => {
    await using place = await openPlace()
    await place.begins()
    place.host.fault = {
      from: 1,
      forever: false,
      afterWork: false,
      failure: new HostFailure('limited', 'wait'),
    }
    await publish(place)
    assert.equal((await place.report())?.retryAt, place.clock.now() + 60_000)
  })

  test('by refusing is asked no more until there is news, and it is told once', async () => {
    await using place = await openPlace()
    await place.begins()
    const refused = new HostFailure('refused', 'the app lacks the permission checks: write')
    place.host.refusals.set('check', refused)
    await publish(place)
    const { calls } = place.host
    await place.clock.advance(3_600_000)
    await publish(place)
    assert.equal(place.host.calls, calls)
    await place.isReady()
    await publish(place)
    assert.equal(place.host.last('status')?.state, 'success')
    assert.deepEqual(
      (await place.events()).map(({ message }) => message),
      ['the check of change 12 was refused: the app lacks the permission checks: write'],
    )
    assert.equal((await place.report())?.error, refused.message)

    // Somebody allowed it.
    place.host.refusals.clear()
    await place.clock.advance(6 * 3_600_000)
    await publish(place)
    assert.equal(place.host.last('check')?.state, 'success')
    assert.equal((await place.report())?.error, '')
  })

  test('because the change is not there any more is let be', async () => {
    await using place = await openPlace()
    await place.begins()
    for (const kind of reportKinds) place.host.refusals.set(kind, new HostFailure('gone', 'no such change'))
    await publish(place)
    const { calls } = place.host
    await publish(place)
    assert.equal(place.host.calls, calls)
    assert.deepEqual(await place.events(), [])
    assert.equal((await place.report())?.retryAt, null)
  })

  test('with something that is no answer is our fault, and tried again', async () => {
    await using place = await openPlace()
    await place.begins()
    place.host.refusals.set('comment', new TypeError('x is not a function') as HostFailure)
    await publish(place)
    assert.equal(place.host.of('comment').length, 0)
    assert.equal((await place.report())?.retryAt, place.clock.now() + 5_000)
  })
})

function publish(place: Place): Promise<void> {
  return publishChange(place.parts, place.changeId, 'one')
}

/** A whole life with a fault in it; the host is well again at the end, and asked as often as it takes. */
async function playWith(place: Place, fault: Fault): Promise<void> {
  place.host.fault = fault
  for (const step of [place.begins, place.builds, place.isReady, place.closes]) {
    await step()
    await publish(place)
    await place.clock.advance(1_000)
  }
  if (fault.forever) place.host.fault = undefined
  for (let turn = 0; turn < 5; turn += 1) {
    const at = (await place.report())?.retryAt
    if (at) await place.clock.advance(at - place.clock.now())
    await publish(place)
  }
}

function assertOneOfEach({ host }: Place): void {
  assert.deepEqual(host.shown.map(({ item }) => item.kind).sort(), [...reportKinds].sort())
}

/** Of a change that was ready and is closed. Where nothing was said before the end, nothing has to be. */
function assertEnd({ host }: Place): void {
  for (const kind of reportKinds)
    assert.ok(host.of(kind).length <= 1, `${kind} is there ${host.of(kind).length} times`)
  assert.match(host.last('comment')?.body ?? '🏁 Closed', /🏁 Closed/)
  assert.equal(host.last('status')?.description ?? 'gone', 'The change was closed; its preview is gone')
  assert.equal(host.last('check')?.title ?? 'gone', 'The change was closed; its preview is gone')
  assert.equal(host.last('deployment')?.state ?? 'inactive', 'inactive')
}

async function restOf(place: Place) {
  const record = await place.report()
  if (!record) return undefined
  const { lease, failures, retryAt, error, rests } = record
  return { lease, failures, retryAt, error, rests }
}
