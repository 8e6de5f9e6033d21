import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Origin } from '../../fakes/origin.ts'
import { jsonLines, Person } from './command.ts'
import { adminToken, startService, type Service } from './service.ts'

let service: Service
let person: Person
let origin: Origin

/** A service that is built with one command; the fake engine knows echo, exit and sleep. */
function building(command: string): Record<string, string> {
  return { 'qaack/qaack.yml': `services:\n  web:\n    image: app\n    commands: {greet: "${command}"}\n` }
}

before(async () => {
  service = await startService()
  person = new Person({ QAACK_URL: service.url, QAACK_TOKEN: adminToken })
  origin = new Origin()
  origin.commit('main', building('echo hello from the build'))
  origin.commit('broken', building('exit 3'))
  origin.commit('slow', building('echo begun; sleep 1000'))
  origin.commit('feature/cart', building('echo cart'))
  const { code, stderr } = await person.qaack(['repo', 'add', 'shop', origin.dir])
  assert.equal(code, 0, stderr)
})
after(async () => {
  await service[Symbol.asyncDispose]()
  person[Symbol.dispose]()
  origin[Symbol.dispose]()
})

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await person.qaack([...args, '-o', 'json'])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as T
}

test('create with --follow prints the log and how it ended', async () => {
  const { code, stdout, stderr } = await person.qaack([
    'env',
    'create',
    'shop/main',
    '--follow',
    '--ttl',
    '8h',
  ])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^web \| hello from the build$/m)
  assert.match(stdout, /\nshop\/main is built: http:\/\/[a-z2-7]{10}\.qaack\.localhost:3000\n$/)
  const { ttl, status } = await json<{ ttl: number; status: string }>('env', 'show', 'shop/main')
  assert.deepEqual([ttl, status], [480, 'built'])
})

test('a build that fails ends with 1 and its reason on stderr', async () => {
  const { code, stdout, stderr } = await person.qaack([
    'env',
    'create',
    'shop/broken',
    '--follow',
    '-o',
    'json',
  ])
  assert.equal(code, 1)
  assert.match(stderr, /^qaack: shop\/broken is failed: .*greet.*3/)
  const lines = jsonLines(stdout)
  const { environment } = lines.at(-1) as { environment: { status: string } }
  assert.equal(environment.status, 'failed')
  assert.ok(lines.slice(0, -1).every(({ log }) => typeof log === 'string'))
})

test('create with --wait is silent on stdout until the result, which is one JSON value', async () => {
  const { code, stdout, stderr } = await person.qaack([
    'env',
    'create',
    'shop/feature/cart',
    '--wait',
    '-o',
    'json',
  ])
  assert.equal(code, 0, stderr)
  assert.equal((JSON.parse(stdout) as { status: string }).status, 'built')
})

test('what is created already is refused in the words of the server', async () => {
  const { code, stdout, stderr } = await person.qaack(['env', 'create', 'shop/main'])
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(stderr, /^qaack: .+\n$/)
})

test('the list has previews; refs without one are counted, and listed with --all', async () => {
  const { stdout, stderr } = await person.qaack(['env', 'list'])
  assert.match(stdout, /^ID +REPOSITORY +REF +STATE +SINCE +ADDRESS$/m)
  assert.match(stdout, /^[a-z2-7]{10} +shop +main +built +/m)
  assert.doesNotMatch(stdout, /slow/)
  assert.match(stderr, /1 more ref has no preview; --all lists them/)
  const all = await json<{ gitRef: { name: string } }[]>('env', 'list', 'shop', '--all')
  assert.deepEqual(all.map(({ gitRef }) => gitRef.name).toSorted(), [
    'broken',
    'feature/cart',
    'main',
    'slow',
  ])
})

test('an environment is meant by its id, its name, its ref, or repository and ref', async () => {
  const { id, name } = await json<{ id: string; name: string }>('env', 'show', 'shop/main')
  for (const given of [id, name, 'main', 'default/shop/main', 'shop/branch:main']) {
    assert.equal((await json<{ id: string }>('env', 'show', given)).id, id, given)
  }
  const missing = await person.qaack(['env', 'show', 'shop/nope'])
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /there is no environment shop\/nope; see qaack env list --all/)
})

test('a name that a clone shares is ambiguous, and the candidates are listed', async () => {
  const { id } = await json<{ id: string }>('env', 'clone', 'shop/main', '--wait')
  const { code, stderr } = await person.qaack(['env', 'show', 'shop/main'])
  assert.equal(code, 2)
  assert.match(
    stderr,
    new RegExp(
      `shop/main may mean several; give the id of one:\n(.*\n)* {2}${id} {2}branch main of default/shop`,
    ),
  )
  assert.equal((await person.qaack(['env', 'delete', id])).code, 0)
  assert.equal((await person.qaack(['env', 'show', 'shop/main'])).code, 0)
})

test('logs of the newest build, of another, and of a build that never was', async () => {
  const newest = await person.qaack(['env', 'logs', 'shop/main'])
  assert.match(newest.stdout, /hello from the build/)
  assert.equal((await person.qaack(['env', 'logs', 'shop/main', '--build', '1'])).stdout, newest.stdout)
  const missing = await person.qaack(['env', 'logs', 'shop/main', '--build', '9'])
  assert.deepEqual([missing.code, missing.stdout], [1, ''])
  assert.match(missing.stderr, /no build 9/)
  const followed = await person.qaack(['env', 'logs', '-f', 'shop/main', '-o', 'json'])
  assert.equal(
    jsonLines(followed.stdout)
      .map(({ log }) => `${String(log)}\n`)
      .join(''),
    newest.stdout,
  )
})

test('Ctrl-C leaves the build alone and ends with 130; cancel stops it', async () => {
  const running = person.start(['env', 'create', 'shop/slow', '--follow'])
  await running.prints(/begun/)
  running.child.kill('SIGINT')
  const { code, stderr } = await running.ended
  assert.equal(code, 130)
  assert.match(stderr, /The build goes on; qaack env logs -f [a-z2-7]{10} follows it/)
  assert.equal((await json<{ status: string }>('env', 'show', 'shop/slow')).status, 'building')
  const cancelled = await person.qaack(['env', 'cancel', 'shop/slow'])
  assert.equal(cancelled.code, 0)
  assert.match(cancelled.stdout, /is cancelled\.\n$/)
})

test('exec gives the output, and ends with 1 if the command fails', async () => {
  const good = await person.qaack(['env', 'exec', 'shop/main', '--', 'echo', 'hello  there'])
  assert.deepEqual([good.code, good.stdout], [0, 'hello  there\n'])
  const bad = await person.qaack(['env', 'exec', 'shop/main', 'exit 2', '-o', 'json'])
  assert.equal(bad.code, 1)
  assert.deepEqual(JSON.parse(bad.stdout), { exitCode: 2, output: '' })
  assert.match(bad.stderr, /ended with exit code 2/)
  const missing = await person.qaack(['env', 'exec', 'shop/main', '-s', 'db', 'pwd'])
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /no service db/)
})

test('open prints the address and nothing else', async () => {
  const { weburl } = await json<{ weburl: string }>('env', 'show', 'shop/main')
  assert.equal((await person.qaack(['env', 'open', 'shop/main'])).stdout, `${weburl}\n`)
})

test('events are told with the names people know, and followed as one JSON value a line', async () => {
  const { stdout } = await person.qaack(['events', '--environment', 'shop/main'])
  assert.match(stdout, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}build +shop\/main {2}.*is ready/m)
  const last = (await json<{ seq: number }[]>('events', '--limit', '1')).at(-1)?.seq
  const running = person.start(['events', '-f', '--since', String(last), '-o', 'json'])
  await json('env', 'build', 'shop/main', '--wait')
  await running.prints(/is ready.*\n/)
  running.child.kill('SIGINT')
  const { code, stdout: followed } = await running.ended
  assert.equal(code, 130)
  assert.ok(jsonLines(followed).every(({ seq }) => Number(seq) > Number(last)))
})

test('a service is locked, which keeps its environment from being deleted, and let go', async () => {
  const locked = await json<{ name: string; locked: boolean }>('env', 'lock', 'shop/feature/cart', 'web')
  assert.deepEqual([locked.name, locked.locked], ['web', true])
  assert.match((await person.qaack(['env', 'show', 'shop/feature/cart'])).stdout, /ready, locked/)
  const kept = await person.qaack(['env', 'delete', 'shop/feature/cart'])
  assert.equal(kept.code, 1)
  assert.match(kept.stderr, /locked/)
  const free = await person.qaack(['env', 'unlock', 'shop/feature/cart', 'web'])
  assert.deepEqual([free.code, free.stdout], [0, 'Service web unlocked.\n'])
  const missing = await person.qaack(['env', 'lock', 'shop/feature/cart', 'db'])
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /has no service db; it has web/)
})

test('what was pushed a moment ago is created at once', async () => {
  origin.commit('feature/new', building('echo new'))
  const { code, stdout, stderr } = await person.qaack(['env', 'create', 'shop/feature/new', '--follow'])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^web \| new$/m)
})
