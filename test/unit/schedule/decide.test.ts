import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { EnvironmentRecord, State } from '../../../src/environments/environment.ts'
import { emptyEnvironment } from '../../../src/environments/lifecycle.ts'
import { defaultSettings, type RefType } from '../../../src/repositories/repository.ts'
import { chooseRebuilds, dueAt, lastHour, rebuiltAtUnder } from '../../../src/schedule/decide.ts'

const day = 86_400_000
const at = (text: string) => Date.parse(`${text}Z`)

function repository(
  hour: string,
  more: { rebuiltAt?: number | null; createdAt?: number; mode?: 'disabled' | 'all' } = {},
) {
  const { rebuiltAt = null, createdAt = at('2026-01-01T00:00'), mode = 'all' } = more
  return { settings: { ...defaultSettings, scheduledRebuild: { mode, hour } }, rebuiltAt, createdAt }
}

test('the hour is that of UTC, also on the days on which clocks elsewhere are changed', () => {
  const table: [string, string, string][] = [
    ['03:00', '2026-03-29T02:59:59.999', '2026-03-28T03:00'],
    ['03:00', '2026-03-29T03:00', '2026-03-29T03:00'],
    ['02:30', '2026-10-25T23:00', '2026-10-25T02:30'],
    ['00:00', '2024-02-29T00:00', '2024-02-29T00:00'],
    ['23:59', '2026-01-01T00:00', '2025-12-31T23:59'],
  ]
  for (const [hour, now, expected] of table) assert.equal(lastHour(hour, at(now)), at(expected), now)
})

test('a day is due once, from its hour on', () => {
  const done = at('2026-05-04T03:00')
  assert.equal(dueAt(repository('03:00', { rebuiltAt: done }), at('2026-05-05T02:59:59')), undefined)
  assert.equal(dueAt(repository('03:00', { rebuiltAt: done }), at('2026-05-05T03:00')), done + day)
  assert.equal(dueAt(repository('03:00', { rebuiltAt: done + day }), at('2026-05-05T03:01')), undefined)
  assert.equal(dueAt(repository('03:00', { rebuiltAt: done, mode: 'disabled' }), done + 9 * day), undefined)
})

test('what was missed is caught up once, however many days it was', () => {
  const missed = repository('03:00', { rebuiltAt: at('2026-05-01T03:00') })
  const now = at('2026-05-09T17:12')
  const due = dueAt(missed, now)
  assert.equal(due, at('2026-05-09T03:00'))
  assert.equal(dueAt({ ...missed, rebuiltAt: due ?? null }, now), undefined)
  // Caught up after midnight, the day itself still has its own.
  const late = repository('23:00', { rebuiltAt: at('2026-05-01T23:00') })
  assert.equal(dueAt(late, at('2026-05-03T01:00')), at('2026-05-02T23:00'))
  assert.equal(
    dueAt({ ...late, rebuiltAt: at('2026-05-02T23:00') }, at('2026-05-03T23:00')),
    at('2026-05-03T23:00'),
  )
})

test('a new repository begins with the first hour after it was added', () => {
  const added = repository('03:00', { createdAt: at('2026-05-04T10:00') })
  assert.equal(dueAt(added, at('2026-05-04T23:59')), undefined)
  assert.equal(dueAt(added, at('2026-05-05T03:00')), at('2026-05-05T03:00'))
})

test('switched on after the hour of today, it begins tomorrow; before it, today', () => {
  const off = repository('03:00', { mode: 'disabled' })
  const cases: [string, string, string][] = [
    ['03:00', '2026-05-04T10:00', '2026-05-05T03:00'],
    ['14:00', '2026-05-04T10:00', '2026-05-04T14:00'],
  ]
  for (const [hour, now, expected] of cases) {
    const next = { mode: 'all' as const, hour }
    const rebuiltAt = rebuiltAtUnder(off, next, at(now))
    const on = repository(hour, { rebuiltAt })
    assert.equal(dueAt(on, at(now)), undefined)
    assert.equal(dueAt(on, at(expected) - 1), undefined)
    assert.equal(dueAt(on, at(expected)), at(expected))
  }
})

test('other settings leave it as it is, and another hour begins with its next time', () => {
  const done = at('2026-05-04T14:00')
  const on = repository('14:00', { rebuiltAt: done })
  assert.equal(rebuiltAtUnder(on, { mode: 'reusables', hour: '14:00' }, done + 1), done)
  assert.equal(rebuiltAtUnder(on, { mode: 'disabled', hour: '03:00' }, done + 1), done)
  const moved = rebuiltAtUnder(on, { mode: 'all', hour: '03:00' }, at('2026-05-05T10:00'))
  assert.equal(moved, at('2026-05-05T03:00'))
  const wrongClock = repository('14:00', { rebuiltAt: done + 400 * day, mode: 'disabled' })
  assert.equal(rebuiltAtUnder(wrongClock, { mode: 'all', hour: '14:00' }, done + 1), done)
})

test('never twice for one day, whatever hours are set and whenever it is looked', () => {
  const hour = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
  const move = fc.record({
    wait: fc.integer({ min: 0, max: 3 * day }),
    change: fc.option(fc.record({ mode: fc.constantFrom('disabled' as const, 'all' as const), hour })),
  })
  fc.assert(
    fc.property(hour, fc.array(move, { minLength: 5, maxLength: 40 }), (first, moves) => {
      let now = at('2026-01-01T12:00')
      let known = repository(first, { createdAt: now })
      const days: number[] = []
      for (const { wait, change } of moves) {
        now += wait
        if (change) {
          const rebuiltAt = rebuiltAtUnder(known, change, now)
          known = { ...known, rebuiltAt, settings: { ...known.settings, scheduledRebuild: change } }
          assert.equal(dueAt(known, now) === undefined || known.rebuiltAt === rebuiltAt, true)
        }
        const due = dueAt(known, now)
        if (due === undefined) continue
        assert.ok(due <= now)
        assert.ok(due > now - day, 'the last one, not one of those missed before')
        days.push(Math.floor(due / day))
        known = { ...known, rebuiltAt: due }
        assert.equal(dueAt(known, now), undefined)
      }
      assert.deepEqual(
        days,
        [...new Set(days)].sort((a, b) => a - b),
      )
    }),
  )
})

test('looked at often enough, no day is left out', () => {
  const hour = 3_600_000
  fc.assert(
    fc.property(fc.integer({ min: 0, max: day }), fc.integer({ min: 1, max: 500 }), (offset, hours) => {
      const start = at('2026-01-01T00:00') + offset
      const end = start + hours * hour
      let known = repository('03:00', { createdAt: start })
      let done = 0
      for (let now = start; now <= end; now += hour) {
        const due = dueAt(known, now)
        if (due === undefined) continue
        known = { ...known, rebuiltAt: due }
        done += 1
      }
      assert.equal(done, (lastHour('03:00', end) - lastHour('03:00', start)) / day)
    }),
  )
})

function environment(id: string, state: State, ref: [RefType, string] = ['branch', id]): EnvironmentRecord {
  const [type, name] = ref
  return {
    ...emptyEnvironment('repository1', { type, name, hash: 'a'.repeat(40) }, null, 0),
    id,
    state,
    builds: 3,
  }
}

test('each mode means its own environments', () => {
  const all = [
    environment('main', 'built'),
    environment('clone', 'built', ['branch', 'main']),
    environment('tag', 'built', ['tag', 'main']),
    environment('bare', 'created'),
    environment('broken', 'failed'),
    environment('never', 'empty'),
  ]
  const ids = (mode: 'disabled' | 'reusables' | 'notclones' | 'all') =>
    chooseRebuilds(mode, all, new Set(['clone', 'never']), []).waiting.map(({ id }) => id)
  assert.deepEqual(ids('disabled'), [])
  assert.deepEqual(ids('reusables'), ['clone'])
  assert.deepEqual(ids('notclones'), ['main', 'tag', 'bare', 'broken'])
  assert.deepEqual(ids('all'), ['clone', 'main', 'tag', 'bare', 'broken'])
})

test('what saved a reusable is built from nothing and first', () => {
  const all = [environment('main', 'built'), environment('base', 'built')]
  assert.deepEqual(chooseRebuilds('all', all, new Set(['base']), []).waiting, [
    { id: 'base', builds: 3, clean: true },
    { id: 'main', builds: 3, clean: false },
  ])
})

test('what cannot be rebuilt is left out with its reason', () => {
  const all = [
    environment('one', 'building'),
    environment('two', 'cancelled'),
    environment('fork', 'built', ['change', '7']),
    environment('own', 'built', ['change', '8']),
    environment('gone', 'built', ['change', '9']),
  ]
  const changes = [
    { name: '7', fork: true },
    { name: '8', fork: false },
  ]
  const { waiting, leftOut } = chooseRebuilds('all', all, new Set(), changes)
  assert.deepEqual(waiting, [{ id: 'own', builds: 3, clean: false }])
  assert.deepEqual(
    leftOut.map(({ environmentId, why }) => [environmentId, why]),
    [
      ['one', 'it is being built already'],
      ['two', 'somebody cancelled its last build'],
      ['fork', 'its code comes from a fork, and that is not run again without being asked for'],
      ['gone', 'its code comes from a fork, and that is not run again without being asked for'],
    ],
  )
})
