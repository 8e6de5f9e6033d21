import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { ReusableRecord } from '../../../../src/builds/reusable.ts'
import { chooseReusable, type Starting } from '../../../../src/builds/reuse/choose.ts'
import type { Makings } from '../../../../src/builds/reuse/makings.ts'
import { readText, saved } from './shop.ts'

const file = (more = '', commands = '{install: {run: a, inputs: [l]}, build: {run: b, inputs: [l]}}') =>
  makings(`${more}\nservices: {web: {image: i, checkout: true, commands: ${commands}}}`)
const now = file()
const build: Starting = {
  environmentId: 'mine',
  ref: { type: 'change', name: '12' },
  target: 'release',
  defaultBranch: 'main',
  trusted: true,
  start: 'reuse',
}

function makings(text: string): Makings {
  return {
    ...readText(text),
    custom: { repository: {}, group: {} },
    digests: new Map([['web', 'd']]),
    locked: new Map(),
    inputs: new Map(),
    tree: 't',
    key: Buffer.from('k'),
  }
}

function one(id: string, done: number, more: Partial<ReusableRecord> = {}): ReusableRecord {
  return saved(now, { web: done }, { id, ...more })
}

function choose(
  candidates: ReusableRecord[],
  given: Partial<Starting> & { wish?: string | null; now?: Makings } = {},
) {
  const { wish = 'deps', now: present = now, ...more } = given
  const { use, why } = chooseReusable({ candidates, wish, build: { ...build, ...more }, now: present })
  return `${use?.id ?? 'none'}: ${why}`
}

const branch = (name: string) => ({ ref: { type: 'branch' as const, name } })
const own = { ref: build.ref }
const auto = { purpose: 'auto' as const, label: null }

suite('by a label', () => {
  test('the newest, of whatever ref, and said what it was', () => {
    const all = [
      one('a', 1, { savedAt: 1 }),
      one('b', 1, { savedAt: 3 }),
      one('c', 1, { savedAt: 2, ...own }),
    ]
    assert.equal(
      choose(all),
      'b: nothing that led to what was saved after web.install of branch main under deps has changed',
    )
  })

  test('an older one, if the newest does not fit', () => {
    const changed = saved(file('variables: {A: 1}'), { web: 1 }, { id: 'b', savedAt: 3 })
    assert.match(choose([one('a', 1), changed]), /^a: /)
  })

  test('none: what the newest says of it', () => {
    const older = saved(file('', '{install: x, build: b}'), { web: 1 }, { savedAt: 1 })
    const newest = saved(file('variables: {A: 1}'), { web: 1 }, { savedAt: 2 })
    assert.equal(
      choose([older, newest]),
      'none: what was saved after web.install of branch main under deps does not fit: the variables of web changed',
    )
  })

  const others: [why: string, record: ReusableRecord][] = [
    ['another label', one('a', 1, { label: 'other' })],
    ['no label', one('a', 1, auto)],
    ['for a reset', one('a', 2, { purpose: 'reset', label: null })],
    ['not saved to its end', one('a', 1, { status: 'saving' })],
  ]
  for (const [why, record] of others)
    test(`never one that is ${why}`, () =>
      assert.equal(choose([record]), 'none: nothing was saved under deps yet'))
})

suite('what can be told without a look at what was made', () => {
  test('a clean build, a reset and a file without reuse', () => {
    assert.equal(choose([one('a', 1)], { start: 'clean' }), 'none: a clean build was asked for')
    assert.equal(choose([one('a', 1)], { start: 'reset' }), 'none: a reset was asked for')
    assert.equal(choose([one('a', 1)], { wish: null }), 'none: the Qaackfile asks for none (reuse)')
  })

  test('a save point that is not there any more', () =>
    assert.match(
      choose([one('a', 1)], { now: file('', '{other: x}') }),
      /fit: the step web\.install is not there any more$/,
    ))

  test('fewer steps than were done', () =>
    assert.match(
      choose([one('a', 2, { savePoint: { service: 'web', step: 'install' } })], {
        now: file('', '{install: a}'),
      }),
      /fit: web has fewer steps now than the 2 that were done$/,
    ))

  test('a label that is for another step now', () => {
    const moved = file('make_reusable: {deps: {on: web.install}}')
    assert.match(choose([one('a', 2)], { now: moved }), /fit: deps is saved after web\.install now$/)
    assert.match(choose([one('a', 1)], { now: moved }), /^a: /)
  })

  test('no more than three differences', () => {
    const keys = 'user: u, shell: /s, path: /p, entrypoint: e'
    const other = makings(`services: {web: {image: i, ${keys}, commands: {install: {run: a, inputs: [l]}}}}`)
    assert.match(choose([one('a', 1)], { now: other }), /fit: [^;]+; [^;]+; [^;]+; and 2 more$/)
  })
})

suite('by auto', () => {
  const by = (...all: ReusableRecord[]) => choose(all, { wish: 'auto' }).split(':')[0]

  test('the one with most steps done, wherever it is from', () =>
    assert.equal(
      by(one('own', 1, own), one('default', 2, branch('main')), one('target', 1, branch('release'))),
      'default',
    ))

  test('of equal ones that of this ref, then of the target, then of the default branch', () => {
    const [mine, target, base] = [one('own', 1, own), one('target', 1, branch('release')), one('default', 1)]
    assert.equal(by(base, target, mine), 'own')
    assert.equal(by(base, target), 'target')
    assert.equal(by(base), 'default')
  })

  test('of equal ones of one ref the newest, with a label or without', () =>
    assert.equal(
      by(one('a', 1, { savedAt: 1 }), one('b', 1, { ...auto, savedAt: 3 }), one('c', 1, { savedAt: 2 })),
      'b',
    ))

  test('a less deep one, if the deepest does not fit', () => {
    const changed = saved(
      file('', '{install: {run: a, inputs: [l]}, build: other}'),
      { web: 2 },
      { id: 'deep' },
    )
    assert.equal(by(changed, one('a', 1)), 'a')
  })

  test('of no other branch, and of no tag that is called like one', () => {
    const tag = { ref: { type: 'tag' as const, name: 'main' } }
    assert.equal(
      choose([one('a', 1, branch('topic')), one('b', 1, tag)], { wish: 'auto' }),
      'none: nothing that could be used was saved yet',
    )
  })
})

suite('trust', () => {
  const strange = { trusted: false, environmentId: 'mine', ...own }

  for (const wish of ['deps', 'auto']) {
    test(`what is not trusted is for its own environment only, by ${wish}`, () => {
      const records = [
        one('trusted', 1),
        one('other', 1, { ...strange, environmentId: 'other' }),
        one('own', 1, strange),
      ]
      assert.match(choose(records, { wish, trusted: false }), /^own: /)
      assert.match(
        choose(records.slice(0, 2), { wish, trusted: false }),
        /^none: code that is not trusted starts only/,
      )
    })

    test(`and never for what is trusted, not even of the same environment, by ${wish}`, () => {
      assert.match(choose([one('own', 1, strange)], { wish }), /^none: nothing /)
      assert.match(choose([one('own', 2, strange), one('trusted', 1)], { wish }), /^trusted: /)
    })
  }
})
