import assert from 'node:assert/strict'
import test from 'node:test'
import { QaackError } from '../../../src/errors.ts'
import { silentLogger } from '../../../src/logger.ts'
import { ManualClock } from '../../fakes/clock.ts'
import { endBuild, insertBuild, insertEnvironment } from './records.ts'
import { startApi, type Service } from './service.ts'

interface Readiness {
  ready: boolean
  error?: string
  parts: Record<string, string>
}

async function ready(service: Service): Promise<{ status: number; body: Readiness }> {
  const { status, body } = await service.call('GET', '/api/ready', undefined, {})
  return { status, body: body as Readiness }
}

test('it is alive and ready when store and engine answer', async () => {
  await using service = await startApi()
  assert.deepEqual((await service.call('GET', '/api/health', undefined, {})).body, { status: 'ok' })
  assert.deepEqual(await ready(service), {
    status: 200,
    body: { ready: true, parts: { store: 'ok', engine: 'ok' } },
  })
})

test('without an engine it is alive but not ready, and says what to do', async () => {
  await using service = await startApi()
  service.engine.down = true
  assert.equal((await service.call('GET', '/api/health', undefined, {})).status, 200)
  const { status, body } = await ready(service)
  assert.equal(status, 503)
  assert.equal(body.parts.store, 'ok')
  assert.match(body.error ?? '', /Docker engine/)
  const advice = 'no Docker engine answers at /run/x.sock; start it, or set DOCKER_HOST to one that runs'
  service.parts.engine.info = () => Promise.reject(new QaackError('engine_unavailable', advice))
  assert.equal((await ready(service)).body.error, advice, 'what to do is said once')
})

test('a store that fails tells nothing that is not meant to be shown', async () => {
  await using service = await startApi()
  service.parts.store.check = () => Promise.reject(new Error('password=hunter2'))
  assert.doesNotMatch(JSON.stringify(await ready(service)), /hunter2/)
  service.parts.store.check = () =>
    Promise.reject(new QaackError('store_unavailable', 'the database does not answer'))
  assert.match(
    (await ready(service)).body.parts.store ?? '',
    /the database does not answer; start the database/,
  )
})

test('a part that does not answer at all is not waited for', async () => {
  const clock = new ManualClock()
  await using service = await startApi({ clock })
  service.parts.engine.info = () => new Promise(() => undefined)
  const answer = ready(service)
  await clock.advance(5_000)
  assert.match((await answer).body.parts.engine ?? '', /did not answer within 5 s/)
})

test('an error that nobody foresaw is a 500 with a sentence, and the operator gets the rest', async () => {
  const logged: object[] = []
  await using service = await startApi({ logger: { ...silentLogger, error: (facts) => logged.push(facts) } })
  service.parts.store.list = () => Promise.reject(new Error('secret detail'))
  const { status, body } = await service.call('GET', '/api/groups')
  assert.equal(status, 500)
  assert.doesNotMatch(JSON.stringify(body), /secret detail/)
  assert.match(String((logged[0] as { err?: unknown }).err), /secret detail/)
})

test('measurements count environments, builds and requests', async () => {
  await using service = await startApi()
  const environment = await insertEnvironment(service.parts, { state: 'building' })
  const waiting = await insertEnvironment(service.parts, { state: 'queued' })
  const build = await insertBuild(service.parts, environment)
  await insertBuild(service.parts, waiting, { status: 'waiting' })
  await endBuild(service.parts, build.id)
  await service.call('GET', `/api/environment/${environment.id}`)
  await service.call('GET', `/api/nothing/${environment.id}`)
  const text = (await service.call('GET', '/metrics', undefined, {})).body as string
  for (const line of [
    'qaack_environments{state="building"} 1',
    'qaack_environments{state="built"} 0',
    'qaack_builds_open{status="waiting",stage="build"} 1',
    'qaack_builds_open{status="running",stage="build"} 0',
    'qaack_builds_total{outcome="succeeded"} 1',
    'qaack_http_request_duration_seconds_count{method="GET",route="/api/environment/:id",status="200"} 1',
    'qaack_http_request_duration_seconds_count{method="any",route="none",status="404"} 1',
  ]) {
    assert.ok(text.includes(`${line}\n`), line)
  }
  assert.match(text, /^process_resident_memory_bytes \d+$/m)
  assert.ok(!text.includes(environment.id))
})

test('the base domain shows a page that loads nothing and tells nothing', async () => {
  await using service = await startApi()
  const { status, headers, body } = await service.call('GET', '/', undefined, {})
  assert.equal(status, 200)
  assert.equal(headers['content-type'], 'text/html; charset=utf-8')
  assert.match(String(headers['content-security-policy']), /^default-src 'none'; style-src 'sha256-/)
  assert.doesNotMatch(String(body), /<script|src=|url\(/)
  assert.match(String(body), /href="\/api\/openapi\.json"/)
  assert.doesNotMatch(String(body), /GitLab/)
})

test('the base domain says which GitLab is connected, and nothing of its token', async () => {
  await using service = await startApi()
  const gitlab = { url: 'https://git.example.org', token: 'glpat-1', webhookSecret: 'hook', groups: [] }
  service.parts.config = { ...service.parts.config, gitlab }
  const { body } = await service.call('GET', '/', undefined, {})
  assert.match(String(body), /<b>GitLab<\/b><span>connected: .* https:\/\/git\.example\.org<\/span>/)
  assert.doesNotMatch(String(body), /glpat|hook/)
})
