import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { isQaackError } from '../../../src/errors.ts'
import { faultsAsText, placeProblems } from '../../../src/qaackfile/faults.ts'
import { chooseFile } from '../../../src/qaackfile/locate.ts'
import { nearest } from '../../../src/qaackfile/nearest.ts'
import { findCircle, levels } from '../../../src/qaackfile/order.ts'
import { compilePattern } from '../../../src/qaackfile/pattern.ts'
import { qaackfileJsonSchema } from '../../../src/qaackfile/schema/file-schema.ts'
import { templateNames } from '../../../src/qaackfile/template/names.ts'
import { sample } from '../../../src/qaackfile/sample.ts'
import { parseDuration, parseSize } from '../../../src/qaackfile/units.ts'
import { composeYaml } from '../../../src/qaackfile/yaml/compose.ts'
import { plainData } from '../../../src/qaackfile/yaml/tree.ts'

suite('the place of the file', () => {
  for (const file of ['qaack/qaack.yml', 'qaack/qaack.yaml', '.qaack/qaack.yml', '.qaack/qaack.yaml']) {
    test(`may be ${file}`, () => assert.deepEqual(chooseFile(['README.md', file]), { file }))
  }

  test('two at once are an error that names both', () => {
    const chosen = chooseFile(['.qaack/qaack.yml', 'qaack/qaack.yaml'])
    assert.ok('message' in chosen && !chosen.none)
    assert.match(chosen.message, /qaack\/qaack\.yaml and \.qaack\/qaack\.yml/)
  })

  test('none is an error that names where it would have to be', () => {
    const chosen = chooseFile(['qaack.yml'])
    assert.ok('message' in chosen && chosen.none)
    assert.match(chosen.message, /put one at qaack\/qaack\.yml/)
  })
})

suite('the order of services', () => {
  const service = (name: string, ...dependsOn: string[]) => ({ name, dependsOn })

  test('what needs nothing comes first, and what can be made at once stands together', () => {
    assert.deepEqual(
      levels([service('web', 'db', 'cache'), service('db'), service('cache'), service('proxy', 'web')]),
      [['db', 'cache'], ['web'], ['proxy']],
    )
  })

  test('a circle is named, without what only leads to it', () => {
    assert.deepEqual(findCircle([service('a', 'b'), service('b', 'c'), service('c', 'b')]), ['b', 'c', 'b'])
    assert.throws(
      () => levels([service('a', 'b'), service('b', 'a')]),
      (error) => isQaackError(error, 'invalid_qaackfile'),
    )
  })

  test('every service is in one level, after all that it needs', () => {
    const graph = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 20 }).map((rows) =>
      // Each may need only what was named before it, so there is no circle.
      rows.map((needs, index) =>
        service(`s${index}`, ...needs.filter((need) => need < index).map((need) => `s${need}`)),
      ),
    )
    fc.assert(
      fc.property(graph, (services) => {
        const found = levels(services.toReversed())
        const levelOf = (name: string) => found.findIndex((level) => level.includes(name))
        assert.deepEqual(found.flat().toSorted(), services.map(({ name }) => name).toSorted())
        for (const { name, dependsOn } of services)
          for (const need of dependsOn) assert.ok(levelOf(need) < levelOf(name))
        assert.equal(findCircle(services), null)
      }),
    )
  })
})

suite('units', () => {
  const sizes: [string | number, number | null][] = [
    ['512m', 536870912],
    ['2g', 2147483648],
    ['1.5k', 1536],
    ['64MiB', 67108864],
    ['10b', 10],
    [4096, 4096],
    ['', null],
    ['m', null],
    ['-1m', null],
    ['1e3', null],
    ['99999999999t', null],
  ]
  for (const [text, bytes] of sizes)
    test(`the size ${text} is ${bytes} bytes`, () => assert.equal(parseSize(text), bytes))

  const durations: [string | number, number | null][] = [
    ['60s', 60],
    ['5m', 300],
    ['1h', 3600],
    ['500ms', 0.5],
    [90, 90],
    ['soon', null],
    ['1d', null],
  ]
  for (const [text, seconds] of durations)
    test(`the duration ${text} is ${seconds} seconds`, () => assert.equal(parseDuration(text), seconds))
})

suite('names that were meant', () => {
  const known = ['services', 'variables', 'port', 'depends_on']
  test('one letter off is found', () => assert.equal(nearest('prot', known), 'port'))
  test('another case is found', () => assert.equal(nearest('Services', known), 'services'))
  test('nothing near is nothing', () => assert.equal(nearest('zzzzzzzz', known), undefined))
})

suite('patterns', () => {
  test('are found anywhere in a text', () =>
    assert.equal(compilePattern('ready.*s$')('now ready in 3 s'), true))
  test('that no RE2 knows are an error', () => assert.throws(() => compilePattern('(?=a)')))
})

suite('faults', () => {
  test('are lines that editors understand, in the order of the file, each once', () => {
    const problems = [
      { offset: 5, path: 'a.b', message: 'two' },
      { offset: 0, path: '', message: 'one' },
      { offset: 5, path: 'a.b', message: 'two' },
    ]
    assert.equal(
      faultsAsText(placeProblems({ file: 'f', text: 'abc\ndef' }, problems)),
      'f:1:1 one\nf:2:2 a.b: two',
    )
  })
})

suite('YAML', () => {
  test('is read by the core schema of 1.2, also where 1.1 differs', () => {
    const { tree } = composeYaml('[no, yes, on, 012, 0o17, 0x1f, 1_000, ~, 2001-01-01, "1", 1.5, .inf]')
    assert.ok(tree)
    assert.deepEqual(plainData(tree), [
      'no',
      'yes',
      'on',
      12,
      15,
      31,
      '1_000',
      null,
      '2001-01-01',
      '1',
      1.5,
      Infinity,
    ])
  })
})

suite('the published schema', () => {
  const schema = qaackfileJsonSchema()
  const validate = new Ajv2020({ strict: false }).compile(schema)

  test('accepts a file without templates', () => {
    const shop = readFileSync(new URL('../../fixtures/qaackfiles/shop.yml', import.meta.url), 'utf8')
    const { tree } = composeYaml(shop.replace(/\{\{.*\}\}/, '22'))
    assert.ok(tree)
    assert.equal(validate(plainData(tree)), true, JSON.stringify(validate.errors))
  })

  test('refuses unknown keys and wrong kinds', () => {
    assert.equal(validate({ services: { web: { image: 'a', prot: 1 } } }), false)
    assert.equal(validate({ services: { web: { image: 'a', port: 'x' } } }), false)
    assert.equal(validate({}), false)
  })

  test('describes every key', () => {
    const bare: string[] = []
    walk(schema, '')
    assert.deepEqual(bare, [])

    function walk(node: unknown, path: string): void {
      if (typeof node !== 'object' || node === null) return
      for (const [name, value] of Object.entries(
        ('properties' in node ? node.properties : {}) as Record<string, object>,
      )) {
        if (!('description' in value) && !(name === 'type' || name === 'name')) bare.push(`${path}.${name}`)
      }
      for (const [name, value] of Object.entries(node)) walk(value, `${path}.${name}`)
    }
  })
})

suite('names in templates', () => {
  test('are those that the data has', () => {
    const { Environment, Repository, Group, Instance } = sample('github', 'change')
    const data = { Environment, Repository, Group, Instance }
    const found: string[] = []
    walk(data, '')
    assert.deepEqual(found.toSorted(), [...templateNames].toSorted())

    function walk(group: object, above: string): void {
      for (const [name, value] of Object.entries(group) as [string, unknown][]) {
        found.push(`${above}${name}`)
        if (typeof value === 'object' && value !== null) walk(value, `${above}${name}.`)
      }
    }
  })
})
