import assert from 'node:assert/strict'
import { request } from 'node:http'
import test from 'node:test'
import { engineName, labelsFor } from '../../../src/engines/labels.ts'
import type { ServiceRecord } from '../../../src/environments/environment.ts'
import { tarOf } from '../../contract/engines/harness.ts'
import { settle } from '../../fakes/clock.ts'
import { insertBuild, insertEnvironment } from './records.ts'
import { adminToken, startApi, type Service } from './service.ts'

interface View {
  id: string
  status: string
  ttl?: number
  expiresAt?: string
  queuePosition?: number
}

async function show(service: Service, id: string): Promise<View> {
  const { status, body } = await service.call('GET', `/api/environment/${id}`)
  assert.equal(status, 200)
  return body as View
}

const main = { type: 'branch', name: 'main', hash: 'a'.repeat(40) } as const

test('an empty environment is created, with its life in the query or in the body', async () => {
  await using service = await startApi()
  const [one, two, three] = [
    await insertEnvironment(service.parts),
    await insertEnvironment(service.parts, { ref: { ...main, name: 'two' } }),
    await insertEnvironment(service.parts, { ref: { ...main, name: 'three' } }),
  ]
  assert.deepEqual((await service.call('PUT', `/api/environment/${one.id}?ttl=30&build=false`)).body, {
    id: one.id,
    status: 'creating',
  })
  assert.equal(
    (await service.call('PUT', `/api/environment/${two.id}?ttl=1`, { ttl: 45, build: 'true' })).status,
    202,
  )
  assert.equal((await service.call('PUT', `/api/environment/${three.id}`)).status, 202)
  assert.equal((await show(service, one.id)).ttl, 30)
  assert.equal((await show(service, two.id)).ttl, 45)
  const { ttl, expiresAt } = await show(service, three.id)
  assert.deepEqual([ttl, expiresAt], [undefined, undefined])
  const wants = await Promise.all(
    [one, two, three].map(
      async ({ id }) => (await service.parts.store.list('build', { environmentId: id }))[0]?.wantsBuild,
    ),
  )
  assert.deepEqual(wants, [false, true, true])
  assert.equal((await service.call('PUT', `/api/environment/${one.id}`)).status, 409)
})

test('what is no life and no yes or no is refused', async () => {
  await using service = await startApi()
  const { id } = await insertEnvironment(service.parts)
  const url = `/api/environment/${id}`
  for (const query of [
    '?ttl=-1',
    '?ttl=1.5',
    '?ttl=',
    '?ttl=99999999',
    '?build=perhaps',
    '?tll=1',
    '?ttl=1&ttl=2',
  ]) {
    assert.equal((await service.call('PUT', url + query)).status, 422, query)
  }
  const tooLong = await service.call('PUT', `${url}?ttl=99999999`)
  assert.match((tooLong.body as { error: string }).error, /ttl must be at most 5256000/)
  for (const body of [
    { ttl: 0.5 },
    { ttl: -1 },
    { ttl: '30' },
    { ttl: 1e9 },
    { build: 1 },
    { build: 'ja' },
    { tll: 1 },
    [],
    7,
  ]) {
    assert.equal((await service.call('PUT', url, body)).status, 422, JSON.stringify(body))
  }
  assert.equal((await show(service, id)).status, 'empty')
})

test('a build is begun and cancelled, a clone made, and an environment deleted', async () => {
  await using service = await startApi()
  const { id, repositoryId } = await insertEnvironment(service.parts)
  const url = `/api/environment/${id}`
  assert.equal((await service.call('POST', `${url}/cancel`)).status, 409)
  assert.deepEqual((await service.call('POST', `${url}/build`)).body, { id, status: 'creating' })
  const clone = await service.call('POST', `${url}/clone`)
  assert.equal(clone.status, 201)
  const more = await service.call('POST', `/api/repository/${repositoryId}/environments`, {
    ref: { type: 'branch', name: 'main' },
    ttl: 5,
    build: false,
  })
  assert.equal(more.status, 201)
  const copy = (more.body as View).id
  assert.equal((await show(service, copy)).ttl, 5)
  assert.equal((await service.call('DELETE', `/api/environment/${copy}`)).status, 202)
  assert.equal((await service.call('GET', `/api/environment/${copy}`)).status, 404)
  assert.equal((await service.call('DELETE', `/api/environment/${(clone.body as View).id}`)).status, 202)
  assert.equal((await service.call('DELETE', url, {})).status, 202)
  assert.equal((await show(service, id)).status, 'empty')
})

test('an environment of a ref that nobody knows is refused', async () => {
  await using service = await startApi()
  const { repositoryId } = await insertEnvironment(service.parts)
  const url = `/api/repository/${repositoryId}/environments`
  assert.equal((await service.call('POST', url, { ref: { type: 'branch', name: 'nobody' } })).status, 404)
  assert.equal((await service.call('POST', url, { ref: { type: 'bookmark', name: 'main' } })).status, 422)
  assert.equal(
    (
      await service.call('POST', '/api/repository/nothing222/environments', {
        ref: { type: 'branch', name: 'main' },
      })
    ).status,
    404,
  )
})

test('what is not there is 404 for every path of an environment', async () => {
  await using service = await startApi()
  const calls = [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', '/build'],
    ['POST', '/cancel'],
    ['POST', '/clone'],
    ['GET', '/log'],
    ['GET', '/service/web/log'],
  ] as const
  for (const [method, path] of calls)
    assert.equal((await service.call(method, `/api/environment/nothing222${path}`)).status, 404, path)
  assert.equal(
    (await service.call('POST', '/api/environment/nothing222/service/web/exec', { command: 'true' })).status,
    404,
  )
})

test('one that waits for a build slot knows its place in the queue', async () => {
  await using service = await startApi()
  const first = await insertEnvironment(service.parts, { state: 'queued' })
  const second = await insertEnvironment(service.parts, { state: 'queued' })
  await insertBuild(service.parts, first, { status: 'waiting', waitingSince: 1 })
  await insertBuild(service.parts, second, { status: 'waiting', waitingSince: 2 })
  assert.equal((await show(service, first.id)).queuePosition, 1)
  assert.equal((await show(service, second.id)).queuePosition, 2)
})

/** An environment with a service that runs on the engine. */
async function withService(service: Service, image = 'busybox') {
  const environment = await insertEnvironment(service.parts, { state: 'built', generation: 1 })
  const name = engineName(environment.id, 1, 'web')
  const labels = labelsFor({ instance: 'test', environment: environment.id, generation: 1, service: 'web' })
  await service.engine.prepare(image, {})
  await service.engine.openNetwork({ name, subnet: '10.213.0.0/27', labels })
  const workload = {
    name,
    image,
    variables: {},
    network: { name, address: '10.213.0.2', aliases: [] },
    ports: [],
    directories: [],
    files: [],
  }
  const containerId = await service.engine.create(
    { ...workload, limits: { memoryBytes: 1, cpus: 1, pids: 1 } },
    labels,
  )
  const record: ServiceRecord = {
    id: 'one',
    name: 'web',
    default: true,
    image,
    port: 80,
    aliases: [],
    generation: 1,
    locked: false,
    state: 'ready',
    containerId,
    target: null,
  }
  await service.parts.store.commit([
    {
      save: 'environment',
      record: {
        ...environment,
        services: [record, { ...record, id: 'two', name: 'late', containerId: null }],
      },
    },
  ])
  return {
    id: environment.id,
    container: service.engine.container(containerId),
    url: `/api/environment/${environment.id}/service`,
  }
}

test('an environment tells its size in bytes, and its repository that of all', async () => {
  await using service = await startApi()
  const { id, container } = await withService(service)
  await container.copyIn('/data', tarOf({ file: 'x'.repeat(1234) }))
  const { size, rid } = (await show(service, id)) as View & { size?: number; rid?: string }
  assert.equal(size, 1234)
  const { body } = await service.call('GET', `/api/repository/${rid}`)
  assert.equal((body as { size?: number }).size, 1234)
})

test('a command runs in a service by a shell, and its exit code and output come back', async () => {
  await using service = await startApi()
  service.engine.options.answer = ({ command }) => ({ exitCode: 3, output: command.join(' ') })
  const { url, container } = await withService(service)
  const command = 'echo "one two"; exit 3'
  assert.equal((await service.call('POST', `${url}/web/exec`, { command })).status, 409)
  await container.start()
  const { status, body } = await service.call('POST', `${url}/web/exec`, { command })
  assert.equal(status, 200)
  assert.deepEqual(body, { exitCode: 3, output: `/bin/sh -c ${command}` })
  for (const wrong of [{}, { command: '' }, { command: ['ls'] }, { command: 'a\0b' }]) {
    assert.equal((await service.call('POST', `${url}/web/exec`, wrong)).status, 422)
  }
})

test('a command is stopped when its caller goes away', { timeout: 20_000 }, async () => {
  await using service = await startApi()
  service.engine.options.answer = () => ({ hang: true })
  const { url, container } = await withService(service)
  await container.start()
  const ended = new Promise<unknown>((resolve) => {
    const inner = service.engine.container.bind(service.engine)
    service.engine.container = (id) => ({
      ...inner(id),
      exec: (spec) =>
        inner(id)
          .exec(spec)
          .catch((error: unknown) => {
            resolve(error)
            throw error
          }),
    })
  })
  const headers = { 'x-qaack-token': adminToken, 'content-type': 'application/json' }
  const call = request(`${await service.listen()}${url}/web/exec`, { method: 'POST', headers }).end(
    '{"command":"sleep 1000"}',
  )
  call.on('error', () => undefined)
  while (!service.engine.calls.some((one) => one.startsWith('exec'))) await settle()
  call.destroy()
  assert.match(String(await ended), /the caller went away/)
})

test('a service that is not there is 404, one without a container 409', async () => {
  await using service = await startApi()
  const { url } = await withService(service)
  const unknown = await service.call('GET', `${url}/db/log`)
  assert.equal(unknown.status, 404)
  assert.match(JSON.stringify(unknown.body), /it has web, late/)
  assert.equal((await service.call('GET', `${url}/late/log`)).status, 409)
  assert.equal((await service.call('POST', `${url}/late/exec`, { command: 'ls' })).status, 409)
})

test('an engine that is down is 503, in the words of the engine', async () => {
  await using service = await startApi()
  const { url } = await withService(service)
  service.engine.down = true
  for (const answer of [
    await service.call('GET', `${url}/web/log`),
    await service.call('POST', `${url}/web/exec`, { command: 'ls' }),
  ]) {
    assert.equal(answer.status, 503)
  }
})

test('the output of a service comes as text', async () => {
  await using service = await startApi()
  const { url, container } = await withService(service)
  await container.start()
  const { statusCode, headers } = await service.api.inject({
    url: `${url}/web/log?tail=5`,
    headers: { 'x-qaack-token': adminToken },
  })
  assert.equal(statusCode, 200)
  assert.equal(headers['content-type'], 'text/plain; charset=utf-8')
})
