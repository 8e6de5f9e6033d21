import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { states, transitions, triggers, walk } from '../../../src/environments/environment.ts'

/** The documented arrows, and which trigger of ours walks them. */
const documented = [
  ['empty', 'create', 'creating'],
  ['creating', 'services-up', 'created'],
  ['creating', 'services-failed', 'failed'],
  ['created', 'enqueue', 'queued'],
  ['created', 'clear', 'empty'],
  ['queued', 'slot', 'building'],
  ['building', 'succeed', 'built'],
  ['building', 'fail', 'failed'],
  ['building', 'cancel', 'cancelled'],
  ['built', 'clear', 'empty'],
  ['built', 'soft-rebuild', 'softrebuilding'],
  ['failed', 'soft-rebuild', 'softrebuilding'],
  ['softrebuilding', 'succeed', 'built'],
  ['softrebuilding', 'fail', 'failed'],
  ['failed', 'clear', 'empty'],
  ['cancelled', 'clear', 'empty'],
] as const

/** Arrows of ours, each with its reason in environment.ts. */
const ours = [
  ['creating', 'clear', 'empty'],
  ['queued', 'cancel', 'cancelled'],
  ['queued', 'fail', 'failed'],
  ['queued', 'clear', 'empty'],
  ['building', 'clear', 'empty'],
  ['built', 'fail', 'failed'],
  ['creating', 'cancel', 'cancelled'],
  ['created', 'soft-rebuild', 'softrebuilding'],
  ['cancelled', 'soft-rebuild', 'softrebuilding'],
  ['softrebuilding', 'services-up', 'softrebuilding'],
  ['softrebuilding', 'enqueue', 'softrebuilding'],
  ['softrebuilding', 'slot', 'softrebuilding'],
  ['softrebuilding', 'cancel', 'cancelled'],
  ['softrebuilding', 'soft-rebuild', 'softrebuilding'],
] as const

test('every cell of the table is a documented arrow, one of ours, or no arrow', () => {
  const expected = new Map([...documented, ...ours].map(([from, trigger, to]) => [`${from} ${trigger}`, to]))
  for (const state of states) {
    for (const trigger of triggers) {
      assert.equal(walk(state, trigger), expected.get(`${state} ${trigger}`), `${state} + ${trigger}`)
    }
  }
})

test('every state can be reached from empty and leads back to it', () => {
  const reach = (from: string) => {
    const seen = new Set([from])
    for (const state of seen) for (const next of Object.values(transitions[state as 'empty'])) seen.add(next)
    return seen
  }
  assert.deepEqual([...reach('empty')].sort(), [...states].sort())
  for (const state of states) assert.ok(reach(state).has('empty'), state)
})

test('the table in src/README.md is the table of the code', () => {
  const map = readFileSync(new URL('../../../src/README.md', import.meta.url), 'utf8')
  const rows = map
    .split('\n')
    .flatMap((line) => /^\| `([a-z]+)` *\| (.*?) *\|$/.exec(line)?.slice(1, 3).join('|') ?? [])
  const expected = states.map((state) => {
    const arrows = Object.entries(transitions[state]).map(([trigger, next]) => `${trigger} → \`${next}\``)
    return `${state}|${arrows.join(', ')}`
  })
  assert.deepEqual(rows, expected)
})
