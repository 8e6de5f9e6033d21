import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import fc from 'fast-check'
import { load } from 'js-yaml'
import type { ChangeRecord, Verdict } from '../../../src/changes/change.ts'
import { mergeSettings, type PartialSettings } from '../../../src/repositories/manage.ts'
import { defaultSettings } from '../../../src/repositories/repository.ts'
import { decideChange, type ChangeFacts } from '../../../src/triggers/decide.ts'

interface Situation extends Partial<Omit<ChangeFacts, 'change' | 'settings'>> {
  situation: string
  change?: Partial<ChangeRecord>
  settings?: PartialSettings
  verdict: Verdict['kind']
  why: string
}

const change: ChangeRecord = {
  id: 'c',
  version: 1,
  repositoryId: 'r',
  name: '12',
  title: 'Basket',
  author: 'ada',
  source: 'feature/basket',
  target: 'main',
  hash: '01234567'.repeat(5),
  fork: false,
  draft: false,
  labels: [],
  state: 'open',
  url: 'https://git.example.org/shop/12',
  updatedAt: 1,
  approved: null,
  verdict: null,
  movedAt: null,
  knownAt: 1,
}

const usual: ChangeFacts = {
  change,
  settings: defaultSettings,
  paths: ['web/index.html'],
  message: 'feat: a basket',
  hasQaackfile: true,
}

const table = new URL('../../fixtures/triggers/verdicts.yaml', import.meta.url)
const situations = load(readFileSync(table, 'utf8')) as Situation[]

for (const { situation, verdict, why, ...differs } of situations) {
  test(`${situation}: ${verdict}`, () => {
    const facts = {
      ...usual,
      ...differs,
      change: { ...change, ...differs.change },
      settings: mergeSettings(defaultSettings, differs.settings ?? {}),
    }
    assert.deepEqual(decideChange(facts), { kind: verdict, hash: change.hash, why })
  })
}

test('the table has every kind of verdict', () => {
  const kinds = new Set(situations.map(({ verdict }) => verdict))
  assert.deepEqual([...kinds].sort(), ['approval', 'build', 'closed', 'ignored', 'remove', 'silent'])
})

const names = fc.constantFrom('preview', 'no-preview', 'main', 'web/a', 'web/b', 'web/*', '*', 'docs/a', '')
const list = fc.array(names, { maxLength: 3 })
const hash = fc.constantFrom('01234567'.repeat(5), '89abcdef'.repeat(5))
const anyFacts: fc.Arbitrary<ChangeFacts> = fc
  .record({
    change: fc.record({
      source: names,
      title: fc.constantFrom('Basket', '[skip qaack] Basket'),
      fork: fc.boolean(),
      draft: fc.boolean(),
      labels: list,
      state: fc.constantFrom('open' as const, 'open' as const, 'closed' as const, 'merged' as const),
      hash,
      approved: fc.option(
        fc.record({ hash, target: fc.constantFrom('main', 'next'), by: names, at: fc.nat() }),
      ),
    }),
    webhook: fc.record({
      changes: fc.boolean(),
      drafts: fc.boolean(),
      include: list,
      exclude: list,
      labels: list,
      labelsIgnore: list,
      paths: list,
      pathsIgnore: list,
    }),
    mode: fc.constantFrom('repo' as const, 'panel' as const, 'both' as const),
    paths: list,
    message: fc.constantFrom('x', 'x [qaack skip]'),
    hasQaackfile: fc.boolean(),
  })
  .map(({ change: differs, webhook, mode, ...rest }) => ({
    ...rest,
    change: { ...change, ...differs },
    settings: mergeSettings(defaultSettings, { webhook, qaackFile: { mode, qaackFile: 'services: {}' } }),
  }))

test('whatever the settings say, nothing of a fork is built but the very commit that was approved', () => {
  const forks = anyFacts.map((facts) => ({ ...facts, change: { ...facts.change, fork: true } }))
  fc.assert(
    fc.property(forks, (facts) => {
      if (decideChange(facts).kind === 'build') assert.equal(facts.change.approved?.hash, facts.change.hash)
    }),
  )
})

test('a verdict is of the commit that is offered, and has a reason unless it is a build', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { kind, hash: decided, why } = decideChange(facts)
      assert.equal(decided, facts.change.hash)
      assert.equal(why === '', kind === 'build')
      assert.equal(kind === 'closed', facts.change.state !== 'open')
    }),
  )
})

test('neither the order of labels and paths nor the letter case of labels matters', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const labels = facts.change.labels.map((label) => label.toUpperCase()).reverse()
      const other = { ...facts, change: { ...facts.change, labels }, paths: [...facts.paths].reverse() }
      assert.equal(decideChange(other).kind, decideChange(facts).kind)
    }),
  )
})
