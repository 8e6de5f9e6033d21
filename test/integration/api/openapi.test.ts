import assert from 'node:assert/strict'
import test from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { systemClock } from '../../../src/clock.ts'
import { createGitlabHost } from '../../../src/hosts/gitlab/gitlab-host.ts'
import { silentLogger } from '../../../src/logger.ts'
import { adminToken, startApi, type Service } from './service.ts'

interface Operation {
  summary?: string
  operationId?: string
  tags?: string[]
  security?: object[]
  parameters?: { name: string; in: string }[]
  requestBody?: { required?: boolean; content: Record<string, { schema: object }> }
  responses: Record<string, { description?: string; content?: Record<string, { schema: object }> }>
}

interface Document {
  openapi: string
  tags: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> }
}

async function read(service: Service): Promise<Document> {
  const { status, body } = await service.call('GET', '/api/openapi.json', undefined, {})
  assert.equal(status, 200)
  return body as Document
}

function operationsOf({ paths }: Document): [string, Operation][] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  )
}

/** The public interface as it stands in this release. */
const promised = [
  'GET /',
  'GET /metrics',
  'GET /api/health',
  'GET /api/ready',
  'GET /api/openapi.json',
  'GET /api/qaackfile.schema.json',
  'GET /api/user/info',
  'POST /api/user/logout',
  'POST /api/user/tokens',
  'DELETE /api/user/tokens',
  'GET /api/groups',
  'POST /api/groups',
  'GET /api/group/{id}',
  'POST /api/group/{id}',
  'GET /api/group/{id}/settings',
  'POST /api/group/{id}/variables',
  'DELETE /api/group/{id}/variables',
  'GET /api/repository/{id}',
  'POST /api/repository/{id}',
  'DELETE /api/repository/{id}',
  'POST /api/repository/{id}/sync',
  'GET /api/repository/{id}/settings',
  'POST /api/repository/{id}/settings',
  'POST /api/repository/{id}/variables',
  'DELETE /api/repository/{id}/variables',
  'POST /api/repository/{id}/token',
  'POST /api/repository/{id}/environments',
  'GET /api/environment/{id}',
  'PUT /api/environment/{id}',
  'DELETE /api/environment/{id}',
  'POST /api/environment/{id}/build',
  'POST /api/environment/{id}/cancel',
  'POST /api/environment/{id}/reset',
  'POST /api/environment/{id}/clone',
  'GET /api/environment/{id}/log',
  'GET /api/environment/{id}/service/{name}/log',
  'POST /api/environment/{id}/service/{name}/exec',
  'POST /api/environment/{id}/service/{name}/lock',
  'POST /api/environment/{id}/service/{name}/unlock',
  'POST /api/environment/{id}/action/{name}',
  'GET /api/events',
  'POST /api/git/webhooks/{id}',
  'POST /api/github/webhooks',
  'POST /api/gitlab/webhooks',
  'GET /api/github',
  'DELETE /api/github',
]

const gitlab = createGitlabHost({
  config: null,
  secretKey: 'secret',
  clock: systemClock,
  logger: silentLogger,
})

test('the description lists exactly what is promised', async () => {
  await using service = await startApi({ hosts: { gitlab } })
  const listed = operationsOf(await read(service)).map(([name]) => name)
  assert.deepEqual(listed.sort(), [...promised].sort())
})

test('every operation has a summary, a tag that is explained, a name of its own and its answers described', async () => {
  await using service = await startApi({ hosts: { gitlab } })
  const document = await read(service)
  const tags = document.tags.map(({ name }) => name)
  const ids = new Set<string>()
  for (const [name, operation] of operationsOf(document)) {
    assert.ok(operation.summary, name)
    assert.ok(operation.tags?.length && operation.tags.every((tag) => tags.includes(tag)), name)
    assert.ok(operation.operationId && !ids.has(operation.operationId), name)
    ids.add(operation.operationId)
    for (const [status, { description }] of Object.entries(operation.responses)) {
      assert.ok(description && description !== 'Default Response', `${name} ${status}`)
    }
    for (const [, parameter] of name.matchAll(/\{(\w+)\}/g)) {
      assert.ok(
        operation.parameters?.some((one) => one.in === 'path' && one.name === parameter),
        name,
      )
    }
  }
})

test('what needs a token says so, and answers 400 and 401 without one', async () => {
  await using service = await startApi()
  const document = await read(service)
  assert.deepEqual(Object.keys(document.components.securitySchemes), ['token', 'cookie'])
  for (const [name, operation] of operationsOf(document)) {
    const [method, path] = name.split(' ') as ['GET', string]
    const open = operation.security?.length === 0
    assert.equal('401' in operation.responses, !open, name)
    const { status } = await service.call(method, path.replace(/\{\w+\}/g, 'nothing222'), undefined, {})
    if (open) assert.ok(status !== 400 && status !== 401, name)
    else assert.equal(status, 400, name)
    const writes = method !== 'GET' && !open
    assert.equal('403' in operation.responses, writes, name)
    // Also where nothing is written there may be a query.
    assert.equal('422' in operation.responses, !open, name)
  }
})

test('every schema compiles, every reference leads somewhere, and nothing is described that is not used', async () => {
  await using service = await startApi()
  const document = await read(service)
  assert.match(document.openapi, /^3\.1\./)
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'doc', components: document.components })
  const local = (schema: object) =>
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"doc#/components')) as object
  for (const [name, operation] of operationsOf(document)) {
    const media = [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) =>
      Object.values(part?.content ?? {}),
    )
    for (const { schema } of media) assert.doesNotThrow(() => ajv.compile(local(schema)), name)
  }
  const text = JSON.stringify(document.paths)
  for (const name of Object.keys(document.components.schemas))
    assert.ok(text.includes(`#/components/schemas/${name}"`), name)
})

test('a body that may be left out is described so', async () => {
  await using service = await startApi()
  const { paths } = await read(service)
  assert.equal(paths['/api/environment/{id}']?.put?.requestBody?.required, false)
  assert.equal(paths['/api/groups']?.post?.requestBody?.required, true)
})

test('the schema of the Qaackfile is published for editors', async () => {
  await using service = await startApi()
  const { status, body } = await service.call('GET', '/api/qaackfile.schema.json', undefined, {})
  assert.equal(status, 200)
  const validate = new Ajv2020({ strict: false }).compile(body as object)
  assert.equal(validate({ services: { web: { image: 'node:24', port: 80 } } }), true)
  assert.equal(validate({ services: { web: { imag: 'node:24' } } }), false)
})

test('all that is promised also answers HEAD where it answers GET', async () => {
  await using service = await startApi()
  for (const path of ['/', '/api/health', '/api/openapi.json', '/metrics', '/api/groups', '/api/events']) {
    const { status, body } = await service.call('HEAD', path, undefined, { 'x-qaack-token': adminToken })
    assert.deepEqual([status, body], [200, ''], path)
  }
})
