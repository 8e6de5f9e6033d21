import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { faultsAsText } from '../../../src/qaackfile/faults.ts'
import { checkQaackfile, readQaackfile, renderQaackfile } from '../../../src/qaackfile/read.ts'
import { sample } from '../../../src/qaackfile/sample.ts'

const branch = sample('github', 'branch')
const gitlab = sample('gitlab', 'branch')

function fixture(name: string): { file: string; text: string } {
  return {
    file: name,
    text: readFileSync(new URL(`../../fixtures/qaackfiles/${name}`, import.meta.url), 'utf8'),
  }
}

function read(text: string, data = branch) {
  const result = readQaackfile({ file: 'qaack.yml', text }, data)
  assert.equal(faultsAsText(result.faults), '')
  assert.ok('qaackfile' in result)
  return result.qaackfile
}

suite('the example of the reference', () => {
  test('is read with all its defaults', () => {
    const qaackfile = read(fixture('shop.yml').text)
    assert.deepEqual(qaackfile.aliases, { shop: 'web', admin: 'web' })
    assert.deepEqual(qaackfile.variables, {
      NODE_ENV: { value: 'production', visibility: 'always' },
      NPM_TOKEN: { value: 'abc', visibility: 'buildtime' },
    })
    assert.equal(qaackfile.reuse, 'deps')
    assert.deepEqual(qaackfile.makeReusable, {
      deps: { on: { service: 'web', step: 'install' }, where: ['main', 'release/*'] },
    })
    assert.deepEqual(qaackfile.quickActions, {
      dump: { service: 'db', command: 'pg_dump shop', output: 'file', filename: 'shop.sql' },
    })
    const [web, db] = qaackfile.services
    assert.equal(web?.image, 'node:22')
    assert.equal(web.default, true)
    assert.deepEqual(web.checkout, { path: null, depth: 0, submodules: false, lfs: false })
    assert.deepEqual(web.steps, [
      { name: 'install', run: ['npm ci'], timeout: null, user: null, inputs: null },
      { name: 'build', run: ['npm run build', 'npm run migrate'], timeout: null, user: null, inputs: null },
    ])
    assert.deepEqual(web.ready, {
      kind: 'http',
      path: '/healthz',
      status: null,
      port: 3000,
      timeout: 60,
      interval: 1,
    })
    assert.deepEqual(db?.ready, { kind: 'command', command: 'pg_isready', timeout: 60, interval: 1 })
    assert.equal(db.default, false)
  })

  test('takes the other image for a repository at GitLab', () => {
    assert.equal(read(fixture('shop.yml').text, gitlab).services[0]?.image, 'node:24')
  })

  test('reads the same with CRLF and a byte order mark', () => {
    const { text } = fixture('shop.yml')
    assert.deepEqual(read(`\ufeff${text.replaceAll('\n', '\r\n')}`), read(text))
  })
})

suite('the documented example', () => {
  test('is rendered with its bare eq as if', () => {
    const rendered = renderQaackfile(fixture('documented.yml'), gitlab)
    assert.ok('rendered' in rendered)
    assert.match(
      rendered.rendered,
      /image: registry\.gitlab\.com\/gitlabprojectgroup\/gitlabprojectname:0123456789abcdef0123456789abcdef01234567\n/,
    )
    assert.deepEqual(
      read(fixture('documented.yml').text, gitlab).services.map(({ name }) => name),
      ['my-service'],
    )
  })

  test('passes the check, which has no repository', () => {
    assert.deepEqual(checkQaackfile(fixture('documented.yml')).faults, [])
  })
})

suite('a file with five faults', () => {
  test('has them told all at once, in the lines as written', () => {
    assert.deepEqual(faultsAsText(readQaackfile(fixture('five-faults.yml'), gitlab).faults).split('\n'), [
      'five-faults.yml:2:3 variables.QCK_COLOUR: is reserved: names with QCK_ are set by Qaack; take another name',
      'five-faults.yml:6:11 services.web.port: must be a port, a whole number from 1 to 65535, not 123456',
      'five-faults.yml:7:18 services.web.depends_on[0]: names the service dbb, which is not in this file. Did you mean db?',
      'five-faults.yml:10:7 services.web.commands.1: is a number, and steps must have names; write a name such as install',
      'five-faults.yml:14:13 services.db.ready.comand: is not a key that is known here. Did you mean command?',
    ])
  })

  test('has the same places with CRLF', () => {
    const { file, text } = fixture('five-faults.yml')
    const places = (one: string) =>
      readQaackfile({ file, text: one }, gitlab).faults.map(({ line, column }) => [line, column])
    assert.deepEqual(places(text.replaceAll('\n', '\r\n')), places(text))
  })
})

suite('short forms', () => {
  const web = (keys: string) => read(`services: {web: {image: a, ${keys}}}`).services[0]

  test('numbers and booleans become text as they are written', () => {
    const { variables } = read(
      'variables: {A: 1.10, B: true, C: 0x1F, D: "x", E: {value: 1e3}, F: ""}\nservices: {web: {image: a}}',
    )
    assert.deepEqual(
      Object.values(variables).map(({ value }) => value),
      ['1.10', 'true', '0x1F', 'x', '1e3', ''],
    )
  })

  test('steps may be a list of maps, and keep their order', () => {
    assert.deepEqual(
      web('commands: [{name: b, run: x}, {name: a, run: [y, z], timeout: 5m, user: 1000}]')?.steps,
      [
        { name: 'b', run: ['x'], timeout: null, user: null, inputs: null },
        { name: 'a', run: ['y', 'z'], timeout: 300, user: '1000', inputs: null },
      ],
    )
  })

  test('inputs of a step may be one or several, with wildcards', () => {
    const [one, several, none] =
      web('commands: {a: {run: x, inputs: package-lock.json}, b: {run: x, inputs: ["*.lock", src/?]}, c: x}')
        ?.steps ?? []
    assert.deepEqual(
      [one?.inputs, several?.inputs, none?.inputs],
      [['package-lock.json'], ['*.lock', 'src/?'], null],
    )
  })

  test('reuse may be auto', () =>
    assert.equal(read('reuse: auto\nservices: {web: {image: a}}').reuse, 'auto'))

  test('a port alone is ready when it takes connections, and nothing at all once it runs', () => {
    const taken = { kind: 'tcp', port: 80, timeout: 60, interval: 1 }
    assert.deepEqual(web('port: 80')?.ready, { ...taken, implied: true })
    assert.deepEqual(web('port: 80, ready: {tcp: 80}')?.ready, taken)
    assert.equal(web('start: x')?.ready, null)
  })

  test('sizes become bytes', () => {
    assert.deepEqual(
      web('resources: {memory: 512m, cpus: 0.5, pids: 10, shm: 1g}, volumes: [{mount: /data, size: 2g}]')
        ?.resources,
      {
        memoryBytes: 512 * 1024 ** 2,
        cpus: 0.5,
        pids: 10,
        shmBytes: 1024 ** 3,
      },
    )
  })

  test('an entrypoint that is a text is run by the shell', () => {
    assert.deepEqual(web('shell: /bin/bash, entrypoint: run me')?.entrypoint, ['/bin/bash', '-c', 'run me'])
    assert.deepEqual(web('entrypoint: [run, me]')?.entrypoint, ['run', 'me'])
  })

  test('save points without where are for every ref', () => {
    const { makeReusable } = read(
      'make_reusable: {l: {on: web.a.b}}\nservices: {web: {image: a, commands: {a.b: x}}}',
    )
    assert.deepEqual(makeReusable, { l: { on: { service: 'web', step: 'a.b' }, where: null } })
  })

  test('tests get their defaults', () => {
    assert.deepEqual(
      read('tests: [{type: screenshots}, {type: playwright}]\nservices: {web: {image: a}}').tests,
      [
        { type: 'screenshots', paths: ['/'] },
        { type: 'playwright', dir: 'test/playwright', prepare: 'prepare.sh' },
      ],
    )
  })

  test('anchors and merge keys work', () => {
    const { services } = read('services:\n  a: &a {image: x, start: y, port: 1}\n  b: {<<: *a, port: 2}\n')
    assert.deepEqual([services[1]?.start, services[1]?.port], ['y', 2])
  })
})

suite('the default service', () => {
  const main = (text: string) => read(`services: {${text}}`).services.find((service) => service.default)?.name

  test('is the one that says so', () =>
    assert.equal(main('a: {image: a, port: 1}, b: {image: b, default: true}'), 'b'))
  test('is the only one', () => assert.equal(main('a: {image: a}'), 'a'))
  test('is the first with a port', () =>
    assert.equal(main('a: {image: a}, c: {image: c, port: 1}, b: {image: b, port: 2}'), 'c'))
  test('is the first with a port by the order written, also for names that are numbers', () => {
    assert.equal(main('b: {image: a, port: 3}, 1: {image: b, port: 1}'), 'b')
  })
})
