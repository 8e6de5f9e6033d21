import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { chooseReusable, type Choice, type Starting } from '../../../../src/builds/reuse/choose.ts'
import { differences } from '../../../../src/builds/reuse/differences.ts'
import {
  hasInputs,
  inputsOf,
  partKey,
  type Done,
  type Makings,
} from '../../../../src/builds/reuse/makings.ts'
import { whatLedTo } from '../../../../src/builds/reuse/what-led-to.ts'
import { after, before, oneOf, type Edit } from './edits.ts'
import type { TemplateData } from '../../../../src/qaackfile/qaackfile.ts'
import { sample } from '../../../../src/qaackfile/sample.ts'
import { makingsOf, readText, saved, shops, type Shop } from './shop.ts'

const build: Starting = {
  environmentId: 'environment',
  ref: { type: 'branch', name: 'main' },
  target: null,
  defaultBranch: 'main',
  trusted: true,
  start: 'reuse',
}

/** What a build of the shop starts from by a label and by `auto`, of what was saved before it was edited; null where nothing could be. */
function startsAfter(
  { shop, done }: { shop: Shop; done: Done },
  { edit, at }: { edit: Edit; at: number },
): Record<'deps' | 'auto', Choice> | null {
  const edited = structuredClone(shop)
  if (!edit(edited, done, at)) return null
  const record = saved(makingsOf(shop), done)
  const now = makingsOf(edited)
  const choose = (wish: string) => chooseReusable({ candidates: [record], wish, build, now })
  return { deps: choose('deps'), auto: choose('auto') }
}

suite('random edits', () => {
  test('of what is done are never started from', () => {
    fc.assert(
      fc.property(shops, oneOf(before), (made, edit) => {
        const choices = startsAfter(made, edit)
        fc.pre(choices !== null)
        for (const { use, why } of Object.values(choices)) {
          assert.equal(use, null, edit.name)
          assert.match(why, /does not fit: ./)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('of what comes later always are', () => {
    fc.assert(
      fc.property(shops, oneOf(after), (made, edit) => {
        const choices = startsAfter(made, edit)
        fc.pre(choices !== null)
        for (const { use, why } of Object.values(choices)) assert.notEqual(use, null, `${edit.name}: ${why}`)
      }),
      { numRuns: 200 },
    )
  })

  for (const [name, edit] of [...Object.entries(before), ...Object.entries(after)]) {
    test(`can be: ${name}`, () => {
      assert.ok(
        fc
          .sample(fc.tuple(shops, fc.nat()), 50)
          .some(([{ shop, done }, at]) => edit(structuredClone(shop), done, at)),
      )
    })
  }
})

suite('the code', () => {
  const otherCode: Edit = (shop) => {
    shop.tree = 'tree2'
    return true
  }
  const edit = { edit: otherCode, at: 0 }

  test('counts by auto where a step that sees it names no inputs, and by a label nowhere', () => {
    fc.assert(
      fc.property(shops, (made) => {
        const [web] = made.shop.services
        const named = web?.steps.slice(0, made.done.web).every(({ inputs }) => inputs !== undefined)
        const choices = startsAfter(made, edit)
        assert.equal(choices?.auto.use !== null, named)
        assert.notEqual(choices?.deps.use, null)
      }),
      { numRuns: 50 },
    )
  })

  test('that a step saw goes on to what is saved later of what it was started from', () => {
    const shop = shopOf([
      { name: 'install', run: ['a'] },
      { name: 'build', run: ['b'] },
    ])
    const first = saved(makingsOf(shop), { web: 1 })
    const later = makingsOf({ ...shop, tree: 'tree2' })
    const second = saved(later, { web: 2 }, { made: whatLedTo(later, { web: 2 }, first) })
    const auto = chooseReusable({ candidates: [second], wish: 'auto', build, now: later })
    assert.equal(auto.use, null)
    assert.match(auto.why, /does not fit: the code changed, and web\.install names no inputs$/)
    assert.equal(chooseReusable({ candidates: [second], wish: 'deps', build, now: later }).use, second)
  })
})

suite('two environments', () => {
  const text = `
variables: {ADDRESS: "{{ Environment.Url }}", REF: "{{ Environment.Ref.Name | upper }}"}
services:
  web: {image: "acme:{{ Environment.Ref.Hash }}", commands: {install: "echo {{ Environment.Id }} {{ CONDITION }}"}}`
  const made = (data: TemplateData, condition = 'Repository.Name'): Makings => ({
    ...makingsOf(shopOf([])),
    ...readText(text.replace('CONDITION', condition), data),
  })
  const [branch, change, tag] = (['branch', 'change', 'tag'] as const).map((type) => {
    const data = sample('github', type)
    return { ...data, Environment: { ...data.Environment, Id: `id-of-${type}`, Url: `http://${type}` } }
  }) as [TemplateData, TemplateData, TemplateData]
  const differ = (one: Makings, other: Makings) =>
    differences(whatLedTo(one, { web: 1 }), whatLedTo(other, { web: 1 }), { code: true })

  test('that differ in nothing but facts of their own share', () => {
    assert.deepEqual(differ(made(branch), made(change)), [])
    assert.deepEqual(differ(made(tag), made(change)), [])
  })

  test('do not where a condition comes out differently', () => {
    const changed = ['the commands of web.install changed']
    for (const condition of [
      'Environment.Ref.Type',
      'eq Environment.Ref.Name "main"',
      'default Environment.Change.Title "none"',
    ])
      assert.deepEqual(differ(made(branch, condition), made(change, condition)), changed, condition)
  })
})

suite('inputs', () => {
  test('are files by their paths or by wildcards, in the order of their paths', () => {
    const { qaackfile } = makingsOf(shopOf([{ name: 'a', run: ['x'], inputs: ['b', '*/b', 'none', '?'] }]))
    const files = ['c/d/b', 'b', 'a/b'].map((path) => ({ path, mode: '100644', hash: 'h' }))
    assert.ok(hasInputs(qaackfile))
    assert.deepEqual(Object.fromEntries(inputsOf(qaackfile, files)), {
      b: ['b 100644 h'],
      '*/b': ['a/b 100644 h', 'c/d/b 100644 h'],
      none: [],
      '?': ['b 100644 h'],
    })
    assert.ok(!hasInputs(makingsOf(shopOf([{ name: 'a', run: ['x'] }])).qaackfile))
  })
})

suite('what is kept', () => {
  test('has readable names, and nothing that tells a value', () => {
    const shop = shopOf([{ name: 'install', run: ['npm ci'], inputs: ['package-lock.json'] }])
    const made = whatLedTo(makingsOf({ ...shop, variables: { TOKEN: 'a secret' } }), { web: 1 })
    assert.deepEqual(Object.keys(made).sort(), [
      'checkout of web',
      'image of web',
      'inputs of web.install: package-lock.json',
      'services',
      'shell of web',
      'step web.install',
      'steps of web',
      'variables of web',
    ])
    for (const hash of Object.values(made)) assert.match(hash, /^[0-9a-f]{64}$/)
  })

  test('is another with another key, which is made of the server’s', () => {
    const makings = makingsOf(shopOf([]))
    const made = (key: Buffer) => whatLedTo({ ...makings, key }, {})
    assert.deepEqual(partKey('one'), partKey('one'))
    assert.notEqual(made(partKey('one'))['image of web'], made(partKey('two'))['image of web'])
  })

  test('does not show that two services have the same', () => {
    const made = whatLedTo(makingsOf({ ...shopOf([]), services: [service('a'), service('b')] }), {})
    assert.equal(new Set(Object.values(made)).size, Object.keys(made).length)
  })
})

suite('differences are told in sentences', () => {
  const steps = [
    { name: 'install', run: ['npm ci'], inputs: ['package-lock.json', 'config/*'] },
    { name: 'build', run: ['npm run build'] },
    { name: 'late', run: ['x'] },
  ]
  const base = shopOf(steps)
  const done = { web: 2 }

  function told(change: (shop: Shop) => unknown, code = false): string[] {
    const edited = structuredClone(base)
    change(edited)
    return differences(whatLedTo(makingsOf(base), done), whatLedTo(makingsOf(edited), done), { code })
  }
  const first = (shop: Shop) => shop.services[0] ?? service('none')

  const cases: [change: (shop: Shop) => unknown, ...sentences: string[]][] = [
    [() => undefined],
    [(shop) => (shop.tree = 'other')],
    [(shop) => (first(shop).digest = 'other'), 'another image of web'],
    [(shop) => (first(shop).keys.user = 'node'), 'the user of web changed'],
    [(shop) => (first(shop).keys.checkout = { lfs: true }), 'the checkout of web changed'],
    [(shop) => (shop.variables.NEW = 1), 'the variables of web changed'],
    [(shop) => shop.services.push(service('cache')), 'service cache was added'],
    [(shop) => first(shop).steps[0]?.run.push('x'), 'the commands of web.install changed'],
    [(shop) => shop.files.pop(), 'package-lock.json changed, an input of web.install'],
    [(shop) => first(shop).steps[0]?.inputs?.push('a: b'), 'a: b is now an input of web.install'],
    [(shop) => first(shop).steps[0]?.inputs?.pop(), 'config/* is no longer an input of web.install'],
    [
      (shop) => first(shop).steps.unshift({ name: 'prepare', run: ['x'] }),
      'the steps of web up to there changed (now with prepare, without build)',
    ],
    [
      (shop) => first(shop).steps.splice(0, 1),
      'the steps of web up to there changed (now with late, without install)',
    ],
    [
      (shop) => first(shop).steps.splice(0, 2, ...first(shop).steps.slice(0, 2).reverse()),
      'the steps of web are in another order',
    ],
  ]
  for (const [change, ...sentences] of cases)
    test(sentences.join('; ') || `nothing, ${String(change)}`, () =>
      assert.deepEqual(told(change), sentences),
    )

  test('the code, where it counts', () =>
    assert.deepEqual(
      told((shop) => (shop.tree = 'other'), true),
      ['the code changed, and web.build names no inputs'],
    ))

  test('a service that went away is told once, whatever it had', () => {
    const two = { ...base, services: [...base.services, service('zoo')] }
    const made = (shop: Shop) => whatLedTo(makingsOf(shop), { web: 2 })
    assert.deepEqual(differences(made(two), made(base), { code: true }), ['service zoo was removed'])
    const other = { ...base, services: [service('zoo')] }
    assert.deepEqual(differences(made(base), made(other), { code: true }), [
      'service web was removed',
      'service zoo was added',
    ])
  })

  test('none is ever left out', () => {
    const parts = fc.dictionary(fc.string(), fc.constantFrom('a', 'b'))
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same = [...Object.keys(one), ...Object.keys(other)].every((name) => one[name] === other[name])
        assert.equal(differences(one, other, { code: true }).length === 0, same)
      }),
    )
    const known: Makings = makingsOf(base)
    const made = whatLedTo(known, done)
    for (const name of Object.keys(made)) {
      const told = differences(made, { ...made, [name]: 'other' }, { code: true })
      assert.ok(told.length > 0, name)
    }
  })
})

function shopOf(steps: Shop['services'][number]['steps']): Shop {
  return {
    variables: {},
    services: [{ name: 'web', digest: 'd', steps, keys: { checkout: true } }],
    custom: { repository: {}, group: {} },
    files: [
      { path: 'config/a', mode: '100644', hash: 'a' },
      { path: 'package-lock.json', mode: '100644', hash: 'l' },
    ],
    tree: 'tree1',
  }
}

function service(name: string): Shop['services'][number] {
  return { name, digest: 'd', steps: [], keys: {} }
}
