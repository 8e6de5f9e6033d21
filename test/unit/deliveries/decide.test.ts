import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  afterFailure,
  hostKeyOf,
  isAbandoned,
  isForgettable,
  lineOf,
  mostTries,
  mostTriesOfOthers,
  sentenceOf,
} from '../../../src/deliveries/decide.ts'
import { QaackError } from '../../../src/errors.ts'
import type { HostEvent, HostRepository } from '../../../src/hosts/event.ts'
import { HostFailure } from '../../../src/hosts/failure.ts'
import { Conflict } from '../../../src/stores/store.ts'

const now = 1_800_000_000_000

function repository(key: string): HostRepository {
  return { key, owner: 'acme', name: 'shop', params: {} }
}

/** Seconds before each try but the first; the try after the last of them is given up. */
function pausesOf(error: unknown, tries: number): number[] {
  const pauses = Array.from({ length: tries - 1 }, (_, index) => {
    const next = afterFailure(error, index + 1, now)
    assert.equal(next.kind, 'again')
    return next.kind === 'again' ? (next.at - now) / 1000 : NaN
  })
  assert.equal(afterFailure(error, tries, now).kind, 'failed')
  return pauses
}

test('a fault of ours is tried again, each time after twice as long, and given up at last', () => {
  for (const error of [
    new QaackError('internal', 'this is our fault'),
    new Conflict('change', 'somebody else was faster'),
    new TypeError('a fault of ours'),
    'not even an error',
  ])
    assert.deepEqual(pausesOf(error, mostTries), [2, 4, 8, 16, 32, 64, 128])
})

test('a host, a database or a remote that is away for an hour costs no delivery', () => {
  for (const error of [
    new HostFailure('unavailable', 'GitHub did not answer'),
    new QaackError('git_failed', 'the remote hung up'),
    new QaackError('store_unavailable', 'the database is away'),
  ]) {
    const pauses = pausesOf(error, mostTriesOfOthers)
    assert.deepEqual(pauses.slice(0, 10), [2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
    assert.ok(pauses.reduce((sum, pause) => sum + pause) > 3600)
  }
})

test('what will be the same next time is refused at once, with its own words', () => {
  for (const error of [
    new HostFailure('refused', 'the app may not write'),
    new HostFailure('gone', 'the change is not there'),
    new QaackError('not_found', 'there is no repository x'),
    new QaackError('conflict', 'a locked service keeps it'),
    new QaackError('invalid_qaackfile', 'line 3 is wrong'),
  ]) {
    assert.deepEqual(afterFailure(error, 1, now), { kind: 'refused', why: error.message })
  }
})

test('a host that wants us to wait is waited for, but never asked sooner than after a pause', () => {
  const limited = (retryAt: number | null) => new HostFailure('limited', 'too many requests', { retryAt })
  assert.equal(atOf(afterFailure(limited(now + 600_000), 1, now)), now + 600_000)
  assert.equal(atOf(afterFailure(limited(now - 600_000), 1, now)), now + 2_000)
  assert.equal(atOf(afterFailure(limited(null), 2, now)), now + 4_000)
})

test('deliveries about one repository wait in its line, all others in that of their host', () => {
  const refs = (key: string | null): HostEvent => ({
    kind: 'refs-changed',
    repository: key === null ? null : repository(key),
  })
  const rerun: HostEvent = { kind: 'rerun', repository: repository('7'), hash: 'a', by: 'ada' }
  const several: HostEvent = { kind: 'repositories', appeared: [repository('7')], gone: [] }
  const cases: [string | null, HostEvent[], string, string | null][] = [
    ['abc', [refs(null)], 'repository abc', null],
    [null, [refs('7')], 'repository github:7', 'github:7'],
    [null, [refs('7'), rerun], 'repository github:7', 'github:7'],
    [null, [refs('7'), refs('8')], 'host github', null],
    [null, [several], 'host github', null],
    [null, [refs('7'), several], 'host github', null],
    [null, [refs(null)], 'host github', null],
    [null, [], 'host github', null],
  ]
  for (const [id, events, line, key] of cases) {
    assert.equal(lineOf('github', id, events), line)
    assert.equal(hostKeyOf('github', events), key)
  }
})

test('a decision names the delivery', () => {
  assert.equal(
    sentenceOf({ event: 'push', deliveryId: '72d3162e' }, 'refs read'),
    'push (delivery 72d3162e): refs read',
  )
})

test('what is three days old is forgotten, what waits for a minute was left behind', () => {
  const day = 24 * 60 * 60_000
  assert.deepEqual([isForgettable(now - 3 * day, now), isForgettable(now - 3 * day - 1, now)], [false, true])
  assert.deepEqual([isAbandoned(now - 60_000, now), isAbandoned(now - 60_001, now)], [false, true])
})

function atOf(next: ReturnType<typeof afterFailure>): number {
  assert.equal(next.kind, 'again')
  return next.kind === 'again' ? next.at : NaN
}
