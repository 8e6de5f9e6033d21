import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { createProgram } from '../../../src/cli/program.ts'
import { processWorld } from '../../../src/cli/terminal/world.ts'
import { Person } from './command.ts'

const example = join(import.meta.dirname, '../../../src/demo/shop')
const good =
  'services:\n  web:\n    image: "node:{{#if (eq Environment.Ref.Type "tag")}}24{{else}}22{{/if}}"\n'
const broken = 'services:\n  web:\n    imag: node\n    port: high\n'

let person: Person

before(() => {
  person = new Person()
})
after(() => person[Symbol.dispose]())

function folder(name: string, files: Record<string, string>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(person.dir, name, path, '..'), { recursive: true })
    writeFileSync(join(person.dir, name, path), content)
  }
  return name
}

async function addressOf(server: Server): Promise<string> {
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

test('the file is executable and names its version', async () => {
  const binary = join(import.meta.dirname, '../../../src/cli/qaack.mjs')
  assert.ok(statSync(binary).mode & 0o111)
  const { code, stdout } = await person.asProcess(['--version'])
  assert.equal(code, 0)
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
})

test('it runs from below node_modules too, where Node itself refuses to strip types', async () => {
  const root = join(import.meta.dirname, '../../..')
  const folder = mkdtempSync(join(tmpdir(), 'qaack-installed-'))
  const installed = join(folder, 'node_modules', 'qaack')
  mkdirSync(installed, { recursive: true })
  for (const name of ['src', 'package.json'])
    cpSync(join(root, name), join(installed, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'))
  const command = [join(installed, 'src/cli/qaack.mjs'), 'config', '-o', 'json']
  const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { cwd: folder })
  rmSync(folder, { recursive: true })
  assert.equal(stderr, '')
  assert.match(stdout, /"port"/)
})

test('a clone without its npm packages says how to get them', async () => {
  const clone = mkdtempSync(join(tmpdir(), 'qaack-clone-'))
  cpSync(join(import.meta.dirname, '../../../src/cli'), join(clone, 'src/cli'), { recursive: true })
  const ended = promisify(execFile)(process.execPath, [join(clone, 'src/cli/qaack.mjs'), '--help'])
  await assert.rejects(ended, ({ code, stderr }: { code: number; stderr: string }) => {
    assert.equal(code, 1)
    assert.equal(
      stderr,
      `qaack: the npm packages of this clone are missing; run npm ci in ${clone}/ first.\n`,
    )
    return true
  })
  rmSync(clone, { recursive: true })
})

test('an older Node is refused with a sentence before anything is loaded', async () => {
  const versions = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"22.19.0"}})'
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(versions)}` }
  const { code, stdout, stderr } = await person.asProcess(['env', 'list'], { env })
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /^qaack: this is Node 22\.19\.0; Qaack needs Node 24 or later\. .*\n$/)
})

test('help of every command has an example', async () => {
  let told = ''
  const stdout = { write: (text: string) => (told += text) } as unknown as NodeJS.WriteStream
  const program = await createProgram(['--help'], { ...processWorld(), stdout })
  const groups = program.commands.map((command) => command.name())
  assert.deepEqual(groups, [
    'serve',
    'up',
    'check',
    'render',
    'repo',
    'env',
    'variable',
    'events',
    'receive',
    'token',
    'login',
    'config',
  ])
  for (const command of [program, ...program.commands.flatMap((group) => [group, ...group.commands])]) {
    told = ''
    command.outputHelp()
    const words =
      command === program
        ? 'qaack'
        : `qaack ${command.parent === program ? '' : `${command.parent?.name()} `}${command.name()}`
    assert.match(told, new RegExp(`Example:\n(.*\n)* *.*${words}`), words)
  }
})

test('help that was asked for goes to stdout, and to stderr where it was not', async () => {
  const asked = await person.qaack(['env', '--help'])
  assert.deepEqual([asked.code, asked.stderr], [0, ''])
  assert.match(asked.stdout, /^Usage: qaack env/)
  const lost = await person.asProcess(['env'])
  assert.deepEqual([lost.code, lost.stdout, lost.stderr], [2, '', asked.stdout])
})

test('wrong use ends with 2 and says how to use it', async () => {
  const wrong = [
    [],
    ['nonsense'],
    ['env', 'lock', 'shop/main'],
    ['env', 'create'],
    ['env', 'create', 'shop/main', '--ttl', 'soon'],
    ['repo', 'list', '-o', 'xml'],
    ['repo', 'list', '--nonsense'],
    ['env', 'logs', 'a', '--build', '1', '--service', 'web'],
    ['token', 'create', 'ci', '--expires', 'later'],
    ['token', 'create', 'ci', '--expires', '99999999999w'],
    ['login', 'qaack.example.org'],
  ]
  for (const args of wrong) {
    const { code, stdout, stderr } = await person.qaack(args)
    assert.equal(code, 2, args.join(' '))
    assert.equal(stdout, '')
    assert.match(stderr, /qaack/i)
    assert.doesNotMatch(stderr, /\n\s+at /)
  }
})

test('a server that is not there is told with what to do, and no stack trace but with --debug', async () => {
  const closed = createServer().listen(0, '127.0.0.1')
  const url = await addressOf(closed)
  await new Promise((done) => closed.close(done))
  const env = { QAACK_URL: url, QAACK_TOKEN: 'x' }
  const sentence = `qaack: no Qaack server answers at ${url}; start it with qaack serve or set QAACK_URL\n`
  assert.deepEqual(await person.asProcess(['env', 'list', '-o', 'json'], { env }), {
    code: 1,
    signal: null,
    stdout: '',
    stderr: sentence,
  })
  const { stderr } = await person.qaack(['env', 'list', '--debug'], { env })
  assert.ok(stderr.startsWith(sentence))
  assert.match(stderr, /\n\s+at [^]*ECONNREFUSED/)
})

test('a server of another kind is called that', async () => {
  const server = createServer((_request, response) => response.end('<html>hello</html>')).listen(
    0,
    '127.0.0.1',
  )
  const url = await addressOf(server)
  // A name below localhost, which this machine may not know.
  const env = { QAACK_URL: url.replace('127.0.0.1', 'qaack.localhost'), QAACK_TOKEN: 'x' }
  const { code, stderr } = await person.qaack(['repo', 'list'], { env })
  server.close()
  assert.equal(code, 1)
  assert.match(stderr, /does not speak like a Qaack server.*QAACK_URL/)
})

test('check tells every fault with its place and counts them', async () => {
  const { code, stdout, stderr } = await person.qaack([
    'check',
    folder('broken', { 'qaack/qaack.yml': broken }),
  ])
  assert.equal(code, 1)
  assert.equal(stderr, '')
  const lines = stdout.trimEnd().split('\n')
  assert.match(stdout, /^broken\/qaack\/qaack\.yml:3:5 services\.web\.imag: .*image/m)
  assert.match(stdout, /^broken\/qaack\/qaack\.yml:4:\d+ services\.web\.port: /m)
  assert.equal(lines.at(-1), `${lines.length - 1} faults`)
})

test('check finds the file in each of its four places, and two at once are refused', async () => {
  for (const path of ['qaack/qaack.yml', 'qaack/qaack.yaml', '.qaack/qaack.yml', '.qaack/qaack.yaml']) {
    const dir = folder('places', { [path]: good })
    const { code, stdout, stderr } = await person.qaack(['check', dir])
    assert.equal(code, 0, stderr)
    assert.equal(stdout, `places/${path}: no faults\n`)
    rmSync(join(person.dir, dir), { recursive: true })
  }
  const both = await person.qaack([
    'check',
    folder('both', { 'qaack/qaack.yml': good, '.qaack/qaack.yml': good }),
  ])
  assert.equal(both.code, 1)
  assert.match(both.stderr, /two Qaackfiles, qaack\/qaack\.yml and \.qaack\/qaack\.yml/)
  const none = await person.qaack(['check'])
  assert.equal(none.code, 1)
  assert.match(none.stderr, /there is no Qaackfile; put one at qaack\/qaack\.yml/)
})

test('check as JSON has the same faults and nothing else on stdout', async () => {
  const { code, stdout } = await person.qaack([
    'check',
    folder('broken', { 'qaack/qaack.yml': broken }),
    '-o',
    'json',
  ])
  assert.equal(code, 1)
  const { faults } = JSON.parse(stdout) as { faults: { path: string; line: number }[] }
  assert.ok(faults.some(({ path, line }) => path === 'services.web.imag' && line === 3))
})

test('the file of the sample has no faults', async () => {
  cpSync(join(example, 'qaack'), join(person.dir, 'shop/qaack'), { recursive: true })
  const { code, stdout } = await person.qaack(['check', 'shop'])
  assert.equal(code, 0, stdout)
})

test('render fills in what is known of the ref', async () => {
  const dir = folder('templates', { 'qaack/qaack.yml': good })
  const branch = await person.qaack(['render', dir, '--ref', 'main'])
  assert.equal(branch.stdout, 'services:\n  web:\n    image: "node:22"\n')
  const tag = await person.qaack(['render', dir, '--ref', 'v1', '--type', 'tag', '-o', 'json'])
  assert.match((JSON.parse(tag.stdout) as { rendered: string }).rendered, /node:24/)
  const missing = await person.qaack([
    'render',
    folder('missing', { 'qaack/qaack.yml': 'a: {{ Nonsense }}\n' }),
    '--ref',
    'main',
  ])
  assert.equal(missing.code, 1)
  assert.equal(missing.stdout, '')
  assert.match(missing.stderr, /^missing\/qaack\/qaack\.yml:1:\d+ .*Nonsense/)
})

test('config prints what is in force with where it comes from, and no secret', async () => {
  writeFileSync(join(person.dir, 'qaackd.yaml'), 'port: 4000\nadmin_token: very-secret-admin-token\n')
  const env = { QAACK_HOST: '0.0.0.0' }
  const { code, stdout, stderr } = await person.qaack(['config'], { env })
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^port: 4000 .*qaackd\.yaml/m)
  assert.match(stdout, /^host: .*QAACK_HOST/m)
  assert.doesNotMatch(stdout, /very-secret/)
  const json = await person.qaack(['config', '-o', 'json'], { env })
  assert.equal((JSON.parse(json.stdout) as { port: number }).port, 4000)
  assert.doesNotMatch(json.stdout, /very-secret/)
  writeFileSync(join(person.dir, 'qaackd.yaml'), 'prot: 4000\nhots: a\n')
  const wrong = await person.qaack(['config'])
  assert.equal(wrong.code, 1)
  assert.match(wrong.stderr, /prot[^]*hots/)
  rmSync(join(person.dir, 'qaackd.yaml'))
})

test('a file without an end is a sentence', async () => {
  const { code, stderr } = await person.qaack(['check', '/dev/zero'])
  assert.equal(code, 1)
  assert.match(stderr, /\/dev\/zero has more than 1 MiB, or no end; name a Qaackfile\n$/)
})

test('a file that cannot be read is a sentence', async () => {
  const dir = folder('closed', { 'qaack/qaack.yml/is-a-folder': '' })
  const { code, stderr } = await person.qaack(['check', dir])
  assert.equal(code, 1)
  assert.match(stderr, /qaack\.yml cannot be read; make it readable for you\n$/)
})

test('a reader that has seen enough ends it without a word', async () => {
  const lines = Array.from({ length: 5000 }, (_, at) => `    k${at}: ${'x'.repeat(100)}`)
  const dir = folder('long', {
    'qaack/qaack.yml':
      `services:\n  web:\n    image: a\nvariables:\n${lines.join('\n').replaceAll('    k', '  K')}\n`.slice(
        0,
        250_000,
      ),
  })
  const running = person.start(['render', dir, '--ref', 'main'])
  running.child.stdout.destroy()
  const { code, stderr } = await running.ended
  assert.equal(code, 0)
  assert.equal(stderr, '')
})
