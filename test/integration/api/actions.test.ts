import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import test from 'node:test'
import { createApi } from '../../../src/api/api.ts'
import { removeVariable, setVariable } from '../../../src/variables/keep.ts'
import { hookInbox } from '../../fakes/hooks.ts'
import type { FakeEngineOptions } from '../../fakes/engine.ts'
import { settle } from '../../fakes/clock.ts'
import { openHouse } from '../environments/house.ts'
import { adminToken } from './service.ts'

const qaackfile = `
quick_actions:
  greet: {command: "echo hello"}
  dump: {service: db, command: "cat /dump", output: file, filename: "shop’s \\"dump\\".sql"}
  quiet: {service: db, command: "echo for nobody", output: none}
  broken: {service: db, command: "echo it broke; exit 3"}
  endless: {service: db, command: "for ever", output: none}
  slow: {service: db, command: "slowly"}
  huge: {service: db, command: "cat /huge"}
  huge file: {service: db, command: "cat /huge", output: file}
services:
  web: {image: web, commands: {hello: echo built}, start: serve}
  db: {image: db}
`

const outputs: Record<string, Buffer> = {
  'cat /dump': Buffer.from([0, 255, 10, 13]),
  'cat /huge': Buffer.alloc(17 * 1024 * 1024, 'x'),
}

async function openBuilt() {
  const answer: FakeEngineOptions['answer'] = ({ command, onOutput }) => {
    const output = outputs[command.at(-1) ?? '']
    if (output) onOutput?.(output)
    if (command.at(-1) === 'for ever') return { hang: true }
    if (command.at(-1) === 'slowly') return { output: 'it begins\n', hang: true }
    return output && { exitCode: 0 }
  }
  const house = await openHouse(qaackfile, { engine: { answer } })
  await house.create()
  await house.until('built')
  const { parts } = house
  const githubDoor = {
    connection: () => null,
    connect: () => Promise.reject(new Error('nobody connects GitHub here')),
    disconnect: () => undefined,
  }
  const api = await createApi(parts, { adminToken, githubDoor, inbox: hookInbox(parts), github: () => null })
  const headers = { 'x-qaack-token': adminToken }
  return {
    ...house,
    api,
    post: (path: string) =>
      api.inject({ method: 'POST', url: `/api/environment/${house.id}/${path}`, headers }),
    async [Symbol.asyncDispose]() {
      await api.close()
      await house[Symbol.asyncDispose]()
    },
  }
}

test('a quick action gives text, a file or nothing', async () => {
  await using at = await openBuilt()
  const text = await at.post('action/greet')
  assert.equal(text.statusCode, 200)
  assert.match(String(text.headers['content-type']), /^text\/plain/)
  assert.equal(text.body, 'hello\n')
  const file = await at.post('action/dump')
  assert.equal(file.headers['content-type'], 'application/octet-stream')
  assert.deepEqual(file.rawPayload, outputs['cat /dump'])
  assert.equal(
    file.headers['content-disposition'],
    `attachment; filename="shop_s _dump_.sql"; filename*=UTF-8''shop%E2%80%99s%20%22dump%22.sql`,
  )
  const none = await at.post('action/quiet')
  assert.deepEqual([none.statusCode, none.body], [204, ''])
})

test('one that fails, is not there, or gives too much is refused with a reason', async () => {
  await using at = await openBuilt()
  const refused = async (name: string, status: number, why: RegExp) => {
    const answer = await at.post(`action/${encodeURIComponent(name)}`)
    assert.equal(answer.statusCode, status, answer.body)
    assert.match(answer.json<{ error: string }>().error, why)
  }
  await refused('broken', 409, /quick action broken failed with exit code 3:\nit broke/)
  await refused('none such', 404, /no quick action none such; it has greet, dump/)
  await refused('constructor', 404, /no quick action constructor/)
  const huge = await at.post('action/huge')
  assert.match(huge.body.slice(-100), /x\n\[the output is longer than 16 MiB; the rest is left out\]\n$/)
  assert.equal((await at.post('action/huge%20file')).rawPayload.length, 17 * 1024 * 1024)
  await at.parts.engine.container((await at.environment()).services[1]?.containerId ?? '').stop(0)
  await refused('quiet', 409, /service db does not run/)
})

test('one that does not end is stopped after ten minutes', async () => {
  await using at = await openBuilt()
  const answer = at.post('action/endless')
  while (!at.engine.calls.some((call) => call.includes('for ever'))) await settle()
  await at.clock.advance(600_000)
  const { statusCode, body } = await answer
  assert.equal(statusCode, 409)
  assert.match(body, /took longer than 10 minutes and was stopped/)
})

test('one that takes its time is sent while it runs, and a failure cuts the connection behind a last line', async (t) => {
  await using at = await openBuilt()
  const server = createServer((request, response) => at.api.handle(request, response))
  t.after(() => (server.close(), server.closeAllConnections()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const url = `http://127.0.0.1:${port}/api/environment/${at.id}/action/`
  const ask = { method: 'POST', headers: { 'x-qaack-token': adminToken } }
  const asked = fetch(`${url}slow`, ask)
  while (!at.engine.calls.some((call) => call.includes('slowly'))) await settle()
  let answered = false
  void asked.finally(() => (answered = true))
  while (!answered) await at.clock.advance(1_000)
  const response = await asked
  assert.equal(response.status, 200)
  const reader = response.body?.getReader()
  // The repository's key has several lines, and no line of the output has to wait for that.
  assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), 'it begins\n')
  await at.parts.engine.container((await at.environment()).services[1]?.containerId ?? '').stop(0)
  let rest = ''
  await assert.rejects(async () => {
    for (;;) {
      const piece = await reader?.read()
      if (!piece || piece.done) return
      rest += Buffer.from(piece.value).toString()
    }
  })
  assert.match(rest, /\n\[quick action slow failed with exit code 137\]\n$/)
})

test('what one says is masked, and a file keeps its length', async () => {
  await using at = await openBuilt()
  const { repositoryId } = await at.environment()
  const owner = { kind: 'repository' as const, id: repositoryId, name: 'shop' }
  await setVariable(at.parts, owner, { name: 'KEY', value: 'hello', type: 'secret' }, 'grace')
  await setVariable(at.parts, owner, { name: 'BROKE', value: 'it broke', type: 'secret' }, 'grace')
  await setVariable(at.parts, owner, { name: 'FILE', value: 'xxxxxxxx', type: 'file' }, 'grace')
  assert.equal((await at.post('action/greet')).body, '•••\n')
  assert.match((await at.post('action/broken')).body, /exit code 3:\\n•••/)
  const file = (await at.post('action/huge%20file')).rawPayload
  assert.equal(file.length, 17 * 1024 * 1024)
  assert.ok(file.equals(Buffer.alloc(file.length, '*')))
  // What was a secret a moment ago is still in what runs.
  await removeVariable(at.parts, owner, 'KEY', 'grace')
  assert.equal((await at.post('action/greet')).body, '•••\n')
})

test('there is no quick action where nothing is built', async () => {
  await using at = await openBuilt()
  const headers = { 'x-qaack-token': adminToken }
  await at.api.inject({ method: 'DELETE', url: `/api/environment/${at.id}`, headers })
  const answer = await at.post('action/greet')
  assert.equal(answer.statusCode, 409)
  assert.match(answer.body, /is empty; quick actions run in one that is built/)
})

test('a locked service keeps its environment, and an unlocked one lets it go', async () => {
  await using at = await openBuilt()
  const headers = { 'x-qaack-token': adminToken }
  const remove = () => at.api.inject({ method: 'DELETE', url: `/api/environment/${at.id}`, headers })
  const locked = await at.post('service/db/lock')
  const { id } = (await at.environment()).services.find(({ name }) => name === 'db') ?? { id: '' }
  assert.deepEqual([locked.statusCode, locked.json()], [200, { id, name: 'db', locked: true }])
  assert.equal((await at.post('service/db/lock')).statusCode, 200)
  assert.equal((await remove()).statusCode, 409)
  // Whoever only looks may miss it: it is over in a blink.
  const looks: Promise<string>[] = []
  const unwatch = at.parts.store.watch(({ kind }) => {
    if (kind === 'environment') looks.push(at.environment().then(({ state }) => state))
  })
  assert.equal((await at.post('build')).statusCode, 202)
  await at.until('built')
  unwatch()
  assert.ok((await Promise.all(looks)).includes('softrebuilding'))
  assert.equal((await at.environment()).services.find(({ name }) => name === 'db')?.id, id)
  assert.deepEqual((await at.post('service/db/unlock')).json(), { id, name: 'db', locked: false })
  assert.equal((await remove()).statusCode, 202)
  const gone = await at.post('service/db/lock')
  assert.deepEqual(
    [gone.statusCode, gone.json<{ error: string }>().error.includes('create it first')],
    [409, true],
  )
  const locks = await at.parts.store.events({ since: 0 })
  assert.equal(locks.filter(({ message }) => /^service db (un)?locked/.test(message)).length, 2)
})
