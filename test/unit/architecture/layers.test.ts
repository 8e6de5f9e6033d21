import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cyclesOf } from './cycles.ts'
import { importFault, layerOf } from './layers.ts'
import { offencesOf } from './rules.ts'
import { readSources, type Source, sourceOf } from './sources.ts'

const sources = readSources()

describe('the sources', () => {
  test('are found', () => assert.ok(sources.length > 20))

  test('are each in a layer', () => {
    const homeless = sources.filter(({ file }) => layerOf(file) === undefined)
    assertNone(homeless.map(({ file }) => `${file} is in no layer: add it to the table in layers.ts`))
  })

  test('import only what their layer may', () => assertNone(importFaultsOf(sources)))

  test('import each other in no circle', () => assertNone(cyclesOf(sources)))

  test('keep to the house rules of size, names, surroundings and console', () =>
    assertNone(offencesOf(sources)))
})

describe('the checker', () => {
  const planted = (file: string, text: string) => importFaultsOf([sourceOf(file, text)])

  test('finds an import against the layers, however it is written', () => {
    assert.equal(planted('qaackfile/parse.ts', `import { a } from '../engines/engine.ts'`).length, 1)
    assert.equal(planted('qaackfile/parse.ts', `import type { a } from '../stores/store.ts'`).length, 1)
    assert.equal(planted('qaackfile/parse.ts', `import {\n  a,\n  b,\n} from '../queue/worker.ts'`).length, 1)
    assert.equal(planted('builds/run.ts', `export { a } from '../engines/docker/docker.ts'`).length, 1)
    assert.equal(planted('builds/run.ts', `const a = await import('../stores/sqlite/open.ts')`).length, 1)
    assert.equal(planted('builds/run.ts', `import '../main.ts'`).length, 1)
    assert.equal(planted('stores/store.ts', `import { a } from '../environments/lifecycle.ts'`).length, 1)
  })

  test('finds a pure file that uses what can act', () => {
    assert.equal(planted('triggers/decide.ts', `import { readFile } from 'node:fs/promises'`).length, 1)
    assert.equal(planted('ids.ts', `import Docker from 'dockerode'`).length, 1)
    assertNone(planted('ids.ts', `import { createHash } from 'node:crypto'`))
  })

  test('finds an adapter that imports another', () => {
    assert.equal(planted('stores/sqlite/open.ts', `import { a } from '../postgres/open.ts'`).length, 1)
    assert.equal(planted('hosts/git/refs.ts', `import { a } from '../../engines/docker/docker.ts'`).length, 1)
    assertNone(planted('stores/sqlite/open.ts', `import { a } from '../sql/store.ts'`))
    assertNone(
      planted('engines/docker/docker.ts', `import { a } from './exec.ts'\nimport Docker from 'dockerode'`),
    )
  })

  test('finds a file that is in no layer', () => {
    assert.equal(planted('somewhere/new.ts', `import { a } from '../ids.ts'`).length, 1)
  })

  test('does not take a comment for an import', () => {
    assertNone(planted('ids.ts', `// import { a } from './main.ts'\n/* import './main.ts' */`))
  })

  test('finds a circle, also one of types', () => {
    const circle = [
      sourceOf('builds/a.ts', `import type { B } from './b.ts'`),
      sourceOf('builds/b.ts', `import { c } from './c.ts'`),
      sourceOf('builds/c.ts', `import { a } from './a.ts'`),
    ]
    assert.deepEqual(cyclesOf(circle), ['builds/a.ts -> builds/b.ts -> builds/c.ts -> builds/a.ts'])
    assert.deepEqual(cyclesOf(circle.slice(0, 2)), [])
  })

  test('finds what breaks the house rules', () => {
    const offences = (file: string, text: string) => offencesOf([sourceOf(file, text)]).length
    assert.equal(offences('builds/run.ts', 'x\n'.repeat(251)), 1)
    assert.equal(offences('builds/run.ts', 'x\n'.repeat(250)), 0)
    assert.equal(offences('builds/utils.ts', ''), 1)
    assert.equal(offences('helpers/run.ts', ''), 1)
    assert.equal(offences('builds/run.ts', 'const a = process.env.A'), 1)
    assert.equal(offences('config/load.ts', 'const a = process.env.A'), 0)
    assert.equal(offences('builds/run.ts', 'console.log(1)'), 1)
    assert.equal(offences('cli/qaack.ts', 'console.log(1)'), 0)
  })
})

function importFaultsOf(all: Source[]): string[] {
  return all.flatMap(({ file, imports }) => imports.flatMap((name) => importFault(file, name) ?? []))
}

/** One line per finding, so that the failure reads as a list of things to do. */
function assertNone(findings: string[]): void {
  if (findings.length > 0) assert.fail(`\n${[...new Set(findings)].join('\n')}`)
}
