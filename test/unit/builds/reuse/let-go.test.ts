import assert from 'node:assert/strict'
import test from 'node:test'
import { heldTooLong, letGoText, untilLetGo } from '../../../../src/builds/reuse/let-go.ts'

const now = 1_000_000_000
const install = { service: 'web', step: 'install' }

const cases: [what: string, given: Partial<Parameters<typeof untilLetGo>[0]>, left: number][] = [
  ['waits while something happens', { changedAt: now }, heldTooLong],
  ['waits for the rest of the time', { changedAt: now - heldTooLong + 7 }, 7],
  ['is let go when nothing has happened for so long', { changedAt: now - heldTooLong }, 0],
  ['is let go, however late one looks', { changedAt: now - 2 * heldTooLong }, 0],
  ['waits on while no step is run', { running: [], changedAt: now - 2 * heldTooLong }, heldTooLong],
]
for (const [what, given, left] of cases)
  test(`a start command that is held back ${what}`, () => {
    assert.equal(untilLetGo({ running: [install], changedAt: now, now, ...given }), left)
  })

test('what the log says names what runs, what is let go, and what to declare', () => {
  assert.match(
    letGoText('db', [install]),
    /^db: .* web\.install still runs after 5 minutes and maybe waits for it: it is let go.* give web depends_on: \[db\]/,
  )
  assert.match(
    letGoText('db', [install, { service: 'web', step: 'seed' }, { service: 'jobs', step: 'one' }]),
    /web\.install, web\.seed, jobs\.one still run after .* maybe wait for it.* give web, jobs depends_on: \[db\]/,
  )
})
