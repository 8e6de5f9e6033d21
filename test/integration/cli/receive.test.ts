import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../../src/clock.ts'
import { saveApp } from '../../../src/config/github-app-file.ts'
import { QaackError } from '../../../src/errors.ts'
import { HostFailure } from '../../../src/hosts/failure.ts'
import { ManualClock } from '../../fakes/clock.ts'
import { example } from '../../unit/hosts/github/examples.ts'
import { openDoor, secret, type Door } from '../api/github-door.ts'
import { adminToken } from '../api/service.ts'
import { Person } from './command.ts'

const payload = JSON.stringify(example('pull_request', 'opened'), undefined, 2)

async function personAt(door: Door, webhookSecret = secret): Promise<Person> {
  const url = await door.listen()
  return new Person({ QAACK_URL: url, QAACK_TOKEN: adminToken, WEBHOOK_SECRET: webhookSecret })
}

test('a recorded payload is handed over and its decision printed, as text and as JSON', async () => {
  await using door = await openDoor()
  using person = await personAt(door)
  writeFileSync(join(person.dir, 'opened.json'), payload)
  const ended = await person.qaack(['receive', 'pull_request', 'opened.json'])
  assert.equal(ended.code, 0, ended.stderr)
  assert.match(ended.stdout, /^pull_request \(delivery [0-9a-f-]{36}\): done\n$/)
  const recording = JSON.stringify({ event: 'pull_request', payload })
  const again = await person.qaack(['receive', 'pull_request', '-', '-o', 'json'], { input: recording })
  assert.equal(again.code, 0, again.stderr)
  const event = JSON.parse(again.stdout) as { kind: string; message: string }
  assert.equal(event.kind, 'delivery')
  assert.deepEqual(door.handled, ['refs-changed', 'refs-changed'])
})

test('the same delivery is received once; the second time tells what was decided', async () => {
  await using door = await openDoor()
  using person = await personAt(door)
  const args = ['receive', 'pull_request', '-', '--delivery', 'mine']
  assert.equal((await person.qaack(args, { input: payload })).code, 0)
  const ended = await person.qaack(args, { input: payload })
  assert.deepEqual([ended.code, ended.stdout], [0, 'pull_request (delivery mine): done\n'])
  assert.match(ended.stderr, /received before/)
  assert.equal(door.handled.length, 1)
})

test('a wrong secret is refused by the server, none at all and a wrong file before that', async () => {
  await using door = await openDoor()
  using stranger = await personAt(door, 'another secret')
  const refused = await stranger.qaack(['receive', 'push', '-'], { input: payload })
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /signature does not match/)
  const none = await stranger.qaack(['receive', 'push', '-'], { input: payload, env: { WEBHOOK_SECRET: '' } })
  assert.equal(none.code, 1)
  assert.match(none.stderr, /name no GitHub App.*run this where qaack serve runs/)
  const missing = await stranger.qaack(['receive', 'push', 'not-there.json'])
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /not-there\.json cannot be read/)
  assert.deepEqual(door.handled, [])
})

test('who waits for a decision is told so, and where to look', async () => {
  await using door = await openDoor()
  using person = await personAt(door)
  const clock = { ...systemClock, sleep: () => Promise.resolve() }
  const ended = await person.qaack(['receive', 'pull_request', '-'], { input: payload, clock })
  assert.equal(ended.code, 0, ended.stderr)
  assert.match(ended.stderr, /^The server has it, and has decided nothing yet; .* qaack events\.\n$/)
  const soon = await person.qaack(['receive', 'pull_request', '-'], {
    input: payload,
    clock: new ManualClock(),
  })
  assert.equal(soon.stderr, '')
})

test('why a delivery waits is told while its decision is waited for', async () => {
  let tries = 0
  const handle = () => {
    tries += 1
    const away = new HostFailure('unavailable', 'GitHub did not answer')
    return tries === 1 ? Promise.reject(away) : Promise.resolve('seen')
  }
  await using door = await openDoor({ handle })
  using person = await personAt(door)
  const soon = (ms: number, signal?: AbortSignal) =>
    systemClock.sleep(ms > 1_000 && ms <= 2_000 ? 0 : ms, signal)
  door.parts.clock = { ...systemClock, sleep: soon }
  const ended = await person.qaack(['receive', 'pull_request', '-'], { input: payload })
  assert.equal(ended.code, 0, ended.stderr)
  assert.match(ended.stdout, /\): seen\n$/)
  assert.match(
    ended.stderr,
    /^pull_request \(delivery \S+\) waits: GitHub did not answer; it is tried again$/m,
  )
})

test('an event, or an id, that cannot be a header is wrong use', async () => {
  await using door = await openDoor()
  using person = await personAt(door)
  for (const words of [[''], ['pull\nrequest'], ['plüsch'], ['push', '--delivery', '']]) {
    const ended = await person.qaack(['receive', ...words, '-'], { input: payload })
    assert.equal(ended.code, 2, ended.stderr)
    assert.match(ended.stderr, /must be one line of plain letters/)
  }
  assert.deepEqual(door.handled, [])
})

test('the secret of the app that was made from the start page is found where the server keeps it', async () => {
  await using door = await openDoor()
  using person = await personAt(door, '')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const key = 'a-secret-key-of-the-tests-0123456789'
  const facts = { appId: 1, slug: 'qaack', name: 'Qaack', url: 'https://git.example', owner: null }
  const place = { gheHost: null, gheProtocol: 'https' } as const
  const dataDir = join(person.dir, 'data')
  mkdirSync(dataDir)
  await saveApp(dataDir, key, { ...facts, ...place, privateKey: pem, webhookSecret: secret })
  const env = { QAACK_SECRET_KEY: key }
  const ended = await person.qaack(['receive', 'push', '-'], { input: payload, env })
  assert.equal(ended.code, 0, ended.stderr)
})

test('what is not possible is told, and a decision against us fails', async () => {
  const handle = () => Promise.reject(new QaackError('not_found', 'there is no such change'))
  await using door = await openDoor({ handle })
  using person = await personAt(door)
  const ended = await person.qaack(['receive', 'push', '-'], { input: payload })
  assert.equal(ended.code, 0)
  assert.match(ended.stdout, /not possible: there is no such change/)
  const { github } = door.parts.hosts
  assert.ok(github)
  door.parts.hosts.github = {
    ...github,
    receive: () => {
      throw new Error('a fault of ours')
    },
  }
  const failed = await person.qaack(['receive', 'push', '-'], { input: payload })
  assert.equal(failed.code, 1)
  assert.match(failed.stdout, /cannot be read: a fault of ours/)
})
