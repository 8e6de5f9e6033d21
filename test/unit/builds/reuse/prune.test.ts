import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { ReusableRecord } from '../../../../src/builds/reusable.ts'
import { diskUse, toPrune } from '../../../../src/builds/reuse/prune.ts'

const hour = 3_600_000
const now = 100 * hour

function one(
  id: string,
  more: Partial<ReusableRecord> = {},
  layers: Record<string, number> = {},
): ReusableRecord {
  return {
    id,
    version: 0,
    repositoryId: 'repository',
    environmentId: 'env',
    buildId: 'build',
    ref: { type: 'branch', name: 'main' },
    purpose: 'label',
    label: id,
    savePoint: { service: 'web', step: 'install' },
    trusted: true,
    made: {},
    services: [{ name: 'web', image: 'sha256:x', steps: 1, code: null, layers }],
    status: 'ready',
    savedAt: now - 50 * hour,
    usedAt: now - 50 * hour,
    ...more,
  }
}

function pruned(records: ReusableRecord[], more: Partial<Parameters<typeof toPrune>[0]> = {}): string[] {
  const given = {
    inUse: new Set<string>(),
    environments: new Set(['env']),
    budgetBytes: 1000,
    longestSave: hour,
    now,
  }
  return toPrune({ records, ...given, ...more }).map(({ record, why }) => `${record.id}: ${why}`)
}

const replaced = 'old: a newer one took its place'

suite('what was saved anew', () => {
  const newer = one('new', { label: 'l', savedAt: now })

  test('takes the place of the older one once nobody has used that for an hour', () => {
    assert.deepEqual(pruned([one('old', { label: 'l' }), newer]), [replaced])
    assert.deepEqual(pruned([one('old', { label: 'l', usedAt: now - hour }), newer]), [])
    assert.deepEqual(pruned([one('old', { label: 'l' }), newer], { inUse: new Set(['old']) }), [])
  })

  const others: [why: string, more: Partial<ReusableRecord>][] = [
    ['another label', { label: 'other' }],
    ['another ref', { label: 'l', ref: { type: 'branch', name: 'topic' } }],
    ['a tag of that name', { label: 'l', ref: { type: 'tag', name: 'main' } }],
    ['another repository', { label: 'l', repositoryId: 'other' }],
    ['what is not trusted', { label: 'l', trusted: false }],
  ]
  for (const [why, more] of others)
    test(`leaves ${why} alone`, () => assert.deepEqual(pruned([one('old', more), newer]), []))

  test('and has not ended yet takes nobody’s place', () =>
    assert.deepEqual(pruned([one('old', { label: 'l' }), { ...newer, status: 'saving' }]), []))

  test('after another step leaves what auto saved alone', () => {
    const auto = { purpose: 'auto' as const, label: null }
    const deep = one('new', { ...auto, savedAt: now, savePoint: { service: 'web', step: 'build' } })
    assert.deepEqual(pruned([one('old', auto), deep]), [])
    assert.deepEqual(pruned([one('old', auto), one('new', { ...auto, savedAt: now })]), [replaced])
  })

  test('of a clone takes the place of what its original saved, but not for a reset', () => {
    const clone = { environmentId: 'clone', savedAt: now }
    const environments = new Set(['env', 'clone'])
    assert.deepEqual(pruned([one('old', { label: 'l' }), { ...newer, ...clone }], { environments }), [
      replaced,
    ])
    const reset = { purpose: 'reset' as const, label: null }
    assert.deepEqual(pruned([one('old', reset), one('new', { ...reset, ...clone })], { environments }), [])
  })
})

suite('what nobody can use', () => {
  test('goes when its saving was broken off', () => {
    assert.deepEqual(pruned([one('a', { status: 'saving' })]), ['a: its saving was broken off'])
    assert.deepEqual(pruned([one('a', { status: 'saving', savedAt: now - hour })]), [])
    assert.deepEqual(pruned([one('a', { status: 'saving' })], { inUse: new Set(['a']) }), [])
  })

  test('goes with the one environment that it was for', () => {
    const environments = new Set<string>()
    assert.deepEqual(pruned([one('a', { trusted: false })], { environments }), ['a: its environment is gone'])
    assert.deepEqual(pruned([one('a', { purpose: 'reset' })], { environments }), [
      'a: its environment is gone',
    ])
    assert.deepEqual(pruned([one('a')], { environments }), [])
  })
})

/** Whether trusted -> the part of the budget. */
const shares = [
  [true, 3 / 4],
  [false, 1 / 4],
] as const

/** A budget of which trusted ones may take so many bytes. */
function full(bytes: number): number {
  return (bytes * 4) / 3
}

suite('room', () => {
  test('is made by what was unused for the longest time, each shared layer counted once', () => {
    const records = [
      one('a', { usedAt: 3 }, { base: 500, a: 300 }),
      one('b', { usedAt: 1 }, { base: 500, b: 300 }),
      one('c', { usedAt: 2 }, { base: 500, c: 300 }),
    ]
    assert.equal(diskUse(records), 1400)
    const budgetBytes = full(1000)
    const why = 'there was no room for it, and it was not used for the longest time'
    assert.deepEqual(pruned(records, { budgetBytes }), [`b: ${why}`, `c: ${why}`])
    assert.deepEqual(pruned(records, { budgetBytes, inUse: new Set(['b']) }), [`c: ${why}`, `a: ${why}`])
    assert.deepEqual(pruned(records, { budgetBytes: full(1400) }), [])
  })

  test('is made for what strangers saved by what strangers saved, out of a quarter of the whole', () => {
    const records = [
      one('trusted', { usedAt: 1 }, { base: 500, a: 200 }),
      one('old', { usedAt: 2, trusted: false }, { base: 500, b: 200 }),
      one('new', { usedAt: 3, trusted: false }, { base: 500, c: 200 }),
    ]
    const why = 'there was no room for it, and it was not used for the longest time'
    assert.deepEqual(pruned(records, { budgetBytes: 4 * 900 }), [])
    assert.deepEqual(pruned(records, { budgetBytes: 4 * 899 }), [`old: ${why}`])
    assert.deepEqual(pruned(records, { budgetBytes: 4 * 899, inUse: new Set(['old']) }), [`new: ${why}`])
    assert.deepEqual(pruned(records, { budgetBytes: 4 * 240 }), [`old: ${why}`, `new: ${why}`])
  })

  test('is never made by more than it takes, nor by what is in use', () => {
    const records = fc
      .array(
        fc.record({
          usedAt: fc.nat(20),
          layers: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constant(100)),
          used: fc.boolean(),
          trusted: fc.boolean(),
        }),
        { maxLength: 12 },
      )
      .map((all) => all.map((facts, index) => ({ ...facts, id: `r${index}` })))
    fc.assert(
      fc.property(records, fc.nat(400), (all, budgetBytes) => {
        const made = all.map(({ id, usedAt, trusted, layers }) => one(id, { usedAt, trusted }, layers))
        const inUse = new Set(all.flatMap(({ id, used }) => (used ? [id] : [])))
        const look = (records: ReusableRecord[]) =>
          toPrune({ records, inUse, environments: new Set(['env']), budgetBytes, longestSave: 0, now })
        const gone = look(made)
        const ids = new Set(gone.map(({ record }) => record.id))
        assert.ok([...ids].every((id) => !inUse.has(id)))
        for (const [trusted, share] of shares) {
          const own = made.filter((record) => record.trusted === trusted)
          const ofOwn = gone.filter(({ record }) => record.trusted === trusted)
          const left = own.filter(({ id }) => !ids.has(id))
          assert.ok(diskUse(left) <= budgetBytes * share || left.every(({ id }) => inUse.has(id)))
          const last = ofOwn.at(-1)
          if (last) assert.ok(diskUse([...left, last.record]) > budgetBytes * share)
          // Whatever the others save, it is the same.
          assert.deepEqual(look(own), ofOwn)
        }
      }),
    )
  })
})
