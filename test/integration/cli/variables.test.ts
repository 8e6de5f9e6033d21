import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Origin } from '../../fakes/origin.ts'
import { Person } from './command.ts'
import { adminToken, startService, type Service } from './service.ts'

let service: Service
let person: Person
let origin: Origin

const qaackfile = `
quick_actions:
  greet: {command: "echo hello; printenv KEY"}
  dump: {command: "cat /etc/licence", output: file, filename: dump.sql}
  quiet: {command: "echo for nobody", output: none}
  broken: {command: "echo it broke; exit 3"}
services:
  web:
    image: app
    commands: {show: "printenv LOG; printenv KEY"}
`

before(async () => {
  service = await startService()
  person = new Person({ QAACK_URL: service.url, QAACK_TOKEN: adminToken })
  origin = new Origin()
  origin.commit('main', { 'qaack/qaack.yml': qaackfile })
  const { code, stderr } = await person.qaack(['repo', 'add', 'shop', origin.dir])
  assert.equal(code, 0, stderr)
})
after(async () => {
  await service[Symbol.asyncDispose]()
  person[Symbol.dispose]()
  origin[Symbol.dispose]()
})

async function well(args: string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await person.qaack(args, input === undefined ? {} : { input })
  assert.equal(code, 0, stderr)
  return stdout
}

async function json(...args: string[]): Promise<unknown> {
  return JSON.parse(await well([...args, '-o', 'json']))
}

async function refused(args: string[], code: number, why: RegExp, input = ''): Promise<void> {
  const ended = await person.qaack(args, { input })
  assert.deepEqual([ended.code, ended.stdout], [code, ''], ended.stderr)
  assert.match(ended.stderr, why)
}

const ofShop = ['--repo', 'shop']
const ofGroup = ['--group', 'default']

test('variables come as an argument, from stdin and from a file, and are listed without what is secret', async () => {
  writeFileSync(join(person.dir, 'licence'), 'line one\nline two\n')
  assert.equal(
    await well(['variable', 'set', ...ofShop, 'LOG', 'debug']),
    'Variable LOG of repository shop set; environments have it from their next creation or build on.\n',
  )
  await well(['variable', 'set', ...ofShop, 'KEY', '--type', 'secret'], 'hunter22\n')
  await well(['variable', 'set', ...ofShop, 'EMPTY', ''])
  const path = ['--path', '/etc/licence']
  await well(['variable', 'set', ...ofShop, 'LICENCE', '--type', 'file', '--file', 'licence', ...path])
  await well(['variable', 'set', ...ofGroup, 'BUILD', '--build-time', '--file', 'licence'])
  assert.deepEqual(await json('variable', 'list', ...ofShop), [
    { name: 'EMPTY', type: 'text', visibility: 'always', value: '' },
    { name: 'KEY', type: 'secret', visibility: 'always' },
    { name: 'LICENCE', type: 'file', visibility: 'always', path: '/etc/licence' },
    { name: 'LOG', type: 'text', visibility: 'always', value: 'debug' },
  ])
  assert.deepEqual(await json('variable', 'list', ...ofGroup), [
    { name: 'BUILD', type: 'text', visibility: 'buildtime', value: 'line one\nline two' },
  ])
  const table = await well(['variable', 'list', ...ofShop])
  assert.match(table, /^NAME +TYPE +SEEN +VALUE$/m)
  assert.match(table, /^KEY +secret +always +\(not shown\)$/m)
  assert.match(table, /^LICENCE +file +always +\/etc\/licence$/m)
  assert.ok(!table.includes('hunter22') && !table.includes('line one'))
})

test('one that is set again is another, and one that is deleted is gone', async () => {
  const made = await json('variable', 'set', ...ofShop, 'PASSING', 'one')
  assert.deepEqual(made, { name: 'PASSING', type: 'text', visibility: 'always', value: 'one' })
  const other = await json('variable', 'set', ...ofShop, 'PASSING', 'two', '-t', 'secret', '--build-time')
  assert.deepEqual(other, { name: 'PASSING', type: 'secret', visibility: 'buildtime' })
  assert.equal(
    await well(['variable', 'delete', ...ofShop, 'PASSING']),
    'Variable PASSING of repository shop deleted.\n',
  )
  await refused(['variable', 'delete', ...ofShop, 'PASSING'], 1, /shop has no variable PASSING/i)
  await well(['variable', 'set', ...ofShop, 'PASSING', 'x'])
  assert.deepEqual(await json('variable', 'delete', ...ofShop, 'PASSING'), { name: 'PASSING', deleted: true })
})

test('what is asked for wrongly is refused with what to do', async () => {
  const set = ['variable', 'set']
  await refused(['variable', 'list'], 2, /say whose variables are meant: --repo NAME or --group NAME/)
  await refused(['variable', 'list', ...ofShop, ...ofGroup], 2, /say whose variables are meant/)
  await refused(['variable', 'list', '--repo', 'nope'], 1, /nope/)
  await refused(['variable', 'list', '--group', 'nope'], 1, /nope/)
  await refused([...set, ...ofShop, 'A', 'b', '--file', 'licence'], 2, /exclude each other/)
  await refused([...set, ...ofShop, 'A', '--file', 'no-such'], 1, /no-such cannot be read/)
  await refused([...set, ...ofShop, 'A', 'b', '--type', 'odd'], 2, /text, secret, file/)
  await refused([...set, ...ofShop, 'A', 'b', '--path', '/a'], 1, /only a variable of type file has a path/)
  await refused([...set, ...ofShop, 'QCK_A', 'b'], 1, /set by Qaack; choose another name/)
  writeFileSync(join(person.dir, 'bytes'), Buffer.from([0xff, 0xfe, 0x00]))
  await refused([...set, ...ofShop, 'A', '--file', 'bytes'], 1, /no UTF-8 text.*give it as base64/)
})

test('a build sees them, its log does not show the secret, and a quick action prints its text', async () => {
  const log = await well(['env', 'create', 'shop/main', '--follow'])
  assert.match(log, /^web \| debug\nweb \| •••$/m)
  assert.equal(await well(['env', 'action', 'shop/main', 'greet']), 'hello\n•••\n')
  assert.deepEqual(await json('env', 'action', 'shop/main', 'greet'), {
    action: 'greet',
    output: 'hello\n•••\n',
  })
  assert.equal(await well(['env', 'action', 'shop/main', 'quiet']), 'Quick action quiet ended well.\n')
  assert.deepEqual(await json('env', 'action', 'shop/main', 'quiet'), { action: 'quiet', output: null })
  await refused(['env', 'action', 'shop/main', 'broken'], 1, /failed with exit code 3:\n *it broke/i)
  await refused(['env', 'action', 'shop/main', 'nope'], 1, /no quick action nope; it has greet, dump/)
})

test('a file of a quick action is kept where the command is run, never over another one unless it is named', async () => {
  const bytes = statSync(join(person.dir, 'licence')).size
  const kept = join(person.dir, 'dump.sql')
  assert.equal(await well(['env', 'action', 'shop/main', 'dump']), `${kept} (${bytes} bytes)\n`)
  // As long as it was, without what is in the secret file.
  assert.equal(readFileSync(kept, 'utf8'), `${'*'.repeat(bytes - 1)}\n`)
  await refused(['env', 'action', 'shop/main', 'dump'], 1, /dump\.sql is there already; name another file/)
  const named = ['env', 'action', 'shop/main', 'dump', '--out', 'dump.sql']
  assert.deepEqual(await json(...named), { action: 'dump', file: kept, bytes })
  assert.equal(await well(['env', 'action', 'shop/main', 'dump', '--out', '-']), readFileSync(kept, 'utf8'))
  await refused([...named.slice(0, -1), 'no/such/folder'], 1, /cannot be written \(ENOENT\)/)
  await well(['env', 'action', 'shop/main', 'greet', '--out', 'greeting'])
  assert.equal(readFileSync(join(person.dir, 'greeting'), 'utf8'), 'hello\n•••\n')
})
