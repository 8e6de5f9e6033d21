import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { savePointsAfter } from '../../../../src/builds/reuse/save-points.ts'
import { readText, saved } from './shop.ts'

const services = 'services: {web: {image: i, checkout: true, commands: {install: a, build: b}}}'
const made = { services: 'x' }
const build = {
  environmentId: 'mine',
  ref: { type: 'branch' as 'branch' | 'tag' | 'change', name: 'main' },
  target: null,
  defaultBranch: 'main',
  trusted: true,
}

function after(
  step: string,
  text: string,
  more: Partial<Parameters<typeof savePointsAfter>[0]> = {},
): string[] {
  const { qaackfile } = readText(`${text}\n${services}`)
  const finished = { service: 'web', step }
  const given = { qaackfile, finished, build, startedFrom: null, spent: 60_000, made, saved: [], ...more }
  return savePointsAfter(given).map(({ purpose, label }) => label ?? purpose)
}

/** Something that was saved with so many steps of `web` done. */
function record(done: number, more: Parameters<typeof saved>[2] = {}) {
  const makings = {
    ...readText(services),
    custom: { repository: {}, group: {} },
    digests: new Map([['web', 'd']]),
    locked: new Map(),
    inputs: new Map(),
    tree: 't',
    key: Buffer.from('k'),
  }
  return saved(makings, { web: done }, { made, ...more })
}

suite('labels', () => {
  const two = 'make_reusable: {deps: {on: web.install}, both: {on: web.install}, all: {on: web.build}}'

  test('are saved after their step, all of them', () => {
    assert.deepEqual(after('install', two), ['deps', 'both'])
    assert.deepEqual(after('build', two), ['all'])
    assert.deepEqual(after('install', ''), [])
  })

  test('are not saved where the build was started from what had the step done', () => {
    assert.deepEqual(after('install', two, { startedFrom: record(1) }), [])
    assert.deepEqual(after('build', two, { startedFrom: record(1) }), ['all'])
  })

  test('are saved however little time the step took, and again', () =>
    assert.deepEqual(after('build', two, { spent: 0, saved: [record(2, { label: 'all' })] }), ['all']))

  const refs: [where: string, type: 'branch' | 'tag' | 'change', name: string, saves: boolean][] = [
    ['[main]', 'branch', 'main', true],
    ['[main]', 'branch', 'main2', false],
    ['["release/*"]', 'branch', 'release/1', true],
    ['["v?.*", main]', 'tag', 'v1.2', true],
    ['[pr-12]', 'change', '12', true],
    ['["pr-*"]', 'change', '7', true],
    ['["12"]', 'change', '12', false],
  ]
  for (const [where, type, name, saves] of refs)
    test(`where: ${where} ${saves ? 'allows' : 'leaves out'} ${type} ${name}`, () =>
      assert.deepEqual(
        after('install', `make_reusable: {deps: {on: web.install, where: ${where}}}`, {
          build: { ...build, ref: { type, name } },
        }),
        saves ? ['deps'] : [],
      ))

  test('are saved of what is not trusted too', () =>
    assert.deepEqual(after('build', two, { build: { ...build, trusted: false } }), ['all']))
})

suite('reuse: auto', () => {
  const auto = 'reuse: auto'

  test('saves what took three seconds', () => {
    assert.deepEqual(after('install', auto, { spent: 2999 }), [])
    assert.deepEqual(after('install', auto, { spent: 3000 }), ['auto'])
    assert.deepEqual(after('install', 'reuse: deps'), [])
  })

  test('saves nothing where a label is saved anyway', () =>
    assert.deepEqual(after('install', `${auto}\nmake_reusable: {deps: {on: web.install}}`), ['deps']))

  test('does not save the same again, but where that is not for this build', () => {
    const other = { type: 'branch' as const, name: 'topic' }
    assert.deepEqual(after('install', auto, { saved: [record(1)] }), [])
    assert.deepEqual(after('install', auto, { saved: [record(1, { made: { services: 'y' } })] }), ['auto'])
    assert.deepEqual(after('install', auto, { saved: [record(1, { trusted: false })] }), ['auto'])
    assert.deepEqual(after('install', auto, { saved: [record(1, { purpose: 'reset' })] }), ['auto'])
    assert.deepEqual(after('install', auto, { saved: [record(1, { ref: other })] }), ['auto'])
  })
})
