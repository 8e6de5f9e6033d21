import assert from 'node:assert/strict'
import test from 'node:test'
import type { BuildRecord } from '../../../src/builds/build.ts'
import { service } from '../../unit/proxy/records.ts'
import { host, startProxy, startService, Wire, type Setting } from './setting.ts'

const build: BuildRecord = {
  id: 'build-1',
  version: 0,
  environmentId: 'abcdefghij',
  repositoryId: 'repository',
  number: 1,
  hash: 'c'.repeat(40),
  source: null,
  generation: 1,
  stage: 'build',
  status: 'running',
  wantsBuild: true,
  start: 'reuse',
  reusableId: null,
  outcome: null,
  reason: '',
  requestedAt: 1,
  waitingSince: 1,
  startedAt: 1,
  endedAt: null,
  lease: null,
  lapses: 0,
  steps: [],
  faults: [],
}

/** Asks by name without a client that would change the Host header. */
async function ask(
  port: number,
  lines: string[],
  target = '/',
  to = host,
): Promise<{ status: number; head: string; body: string }> {
  const all = await new Wire(port)
    .send(`GET ${target} HTTP/1.1`, `Host: ${to}`, 'Connection: close', ...lines, '', '')
    .all()
  const end = all.indexOf('\r\n\r\n')
  return {
    status: Number(all.slice(9, 12)),
    head: all.slice(0, end),
    body: Buffer.from(all.slice(end + 4), 'latin1').toString(),
  }
}

const html = ['Accept: text/html,*/*;q=0.8']

/** Listens as a page that was just loaded does. */
async function listen({ port }: Setting): Promise<Wire> {
  const page = await ask(port, html)
  const facts = /data-facts="([^"]+)"/.exec(page.body)?.[1]
  const log = /data-log="([^"]*)"/.exec(page.body)?.[1] ?? ''
  const wire = new Wire(port).send(
    `GET /.qaack/live?facts=${facts}&log=${encodeURIComponent(log)} HTTP/1.1`,
    `Host: ${host}`,
    '',
    '',
  )
  await wire.until(/retry: 3000/)
  return wire
}

test('a browser gets the page, everything else JSON, both with 503 and a time to come back', async (context) => {
  const { port } = await startProxy(context, { environment: { state: 'building' } })
  const page = await ask(port, html)
  assert.equal(page.status, 503)
  assert.match(page.head, /Content-Type: text\/html; charset=utf-8/)
  assert.match(page.head, /Content-Security-Policy: default-src 'none'/)
  assert.match(page.head, /Retry-After: 5\r\n/)
  assert.match(page.head, /Cache-Control: no-store/)
  assert.match(page.head, /X-Robots-Tag: noindex, nofollow/)
  assert.match(page.body, /<h1>Building<\/h1>/)
  const json = await ask(port, ['Accept: application/json'])
  assert.equal(json.status, 503)
  assert.match(json.head, /Retry-After: 5\r\n/)
  assert.deepEqual(JSON.parse(json.body), {
    error: 'not ready',
    status: 'building',
    reason: 'The build commands run. The preview opens here when it is ready.',
    environment: 'abcdefghij',
  })
})

test('what changes in the store changes where requests go, without asking the store', async (context) => {
  const { port: target } = await startService(context, (_, response) => response.end('served'))
  const setting = await startProxy(context, { target, environment: { state: 'queued' } })
  const waiting = await listen(setting)
  await setting.change({ state: 'built' })
  await waiting.until(/event: reload/)
  setting.store.get = () => assert.fail('a request asked the store')
  setting.store.list = () => assert.fail('a request asked the store')
  assert.match((await ask(setting.port, [])).body, /served/)
})

test('an unknown preview is a 404, or the redirect that was asked for', async (context) => {
  const { port } = await startProxy(context)
  const missing = await ask(port, [], '/', 'kkkkkkkkkk.qaack.example')
  assert.equal(missing.status, 404)
  assert.equal((JSON.parse(missing.body) as { status: string }).status, 'unknown')
  const page = await ask(port, html, '/', '<b>.qaack.example')
  assert.equal(page.status, 400)
  const redirect = await ask(
    port,
    html,
    '/?qck_wp_redirect_url=https%3A%2F%2Fexample.org%2F',
    'kkkkkkkkkk.qaack.example',
  )
  assert.equal(redirect.status, 302)
  assert.match(redirect.head, /Location: https:\/\/example\.org\//)
  const script = await ask(
    port,
    html,
    '/?qck_wp_redirect_url=javascript:alert(1)',
    'kkkkkkkkkk.qaack.example',
  )
  assert.equal(script.status, 404)
})

test('the redirect does not apply to a preview that is there', async (context) => {
  const { port } = await startProxy(context, { environment: { state: 'failed' } })
  assert.equal((await ask(port, html, '/?qck_wp_redirect_url=https%3A%2F%2Fexample.org')).status, 503)
})

test('a service without a port is a 404 that names those with one', async (context) => {
  const services = [service('web', { default: true }), service('worker', { port: null, target: null })]
  const { port } = await startProxy(context, { environment: { services } })
  const answer = await ask(port, html, '/', `serv-worker-${host}`)
  assert.equal(answer.status, 404)
  assert.match(answer.body, /Service worker has no port in the Qaackfile\. These have an address: web\./)
})

test('the base domain goes to the API, and the header to its environment from anywhere', async (context) => {
  const { port: target } = await startService(context, (_, response) => response.end('preview'))
  const { port } = await startProxy(context, { target })
  assert.match((await ask(port, [], '/api/health', 'qaack.example')).body, /api \/api\/health/)
  assert.match((await ask(port, [], '/api/health', `127.0.0.1:${port}`)).body, /api \/api\/health/)
  assert.match((await ask(port, ['qaack-env-id: abcdefghij'], '/', 'qaack.example')).body, /preview/)
})

test('open pages get the lines of the running build as they are written, and no half ones', async (context) => {
  const setting = await startProxy(context, { environment: { state: 'building' } })
  await setting.store.commit([{ insert: 'build', record: build }])
  await setting.store.appendLog('build-1', 'web | one\nweb | tw')
  const page = await ask(setting.port, html)
  assert.match(page.body, /<span>web \| one\n<\/span><\/pre>/)
  const wire = await listen(setting)
  await setting.store.appendLog('build-1', 'o\n\u001b[32mweb | three\u001b[0m\nfo')
  assert.match(
    await wire.until(/three/),
    /event: lines\nid: build-1:\d+\ndata: \["web \| two","web \| three"\]/,
  )
  await setting.store.appendLog('build-1', 'ur\n')
  await wire.until(/data: \["four"\]/)
})

test('a lost connection goes on where it stopped', async (context) => {
  const setting = await startProxy(context, { environment: { state: 'building' } })
  await setting.store.commit([{ insert: 'build', record: build }])
  await setting.store.appendLog('build-1', 'one\ntwo\n')
  const page = await ask(setting.port, html)
  const facts = /data-facts="([^"]+)"/.exec(page.body)?.[1]
  const wire = new Wire(setting.port)
  wire.send(
    `GET /.qaack/live?facts=${facts}&log=build-1:8 HTTP/1.1`,
    `Host: ${host}`,
    'Last-Event-ID: build-1:4',
    '',
    '',
  )
  await wire.until(/id: build-1:8\ndata: \["two"\]/)
})

test('open pages are told when there is something else to see, and the stream ends', async (context) => {
  const setting = await startProxy(context, { environment: { state: 'building' } })
  const wire = await listen(setting)
  await setting.change({ state: 'failed', reason: 'Step web.build ended with 1.' })
  assert.doesNotMatch(await wire.until(/event: changed/), /reload/)
  const old = new Wire(setting.port).send(
    'GET /.qaack/live?facts=other&log= HTTP/1.1',
    `Host: ${host}`,
    '',
    '',
  )
  await old.until(/event: changed\ndata: \n\n[^]*0\r\n\r\n$/)
})

test('the log of another environment cannot be listened to', async (context) => {
  const setting = await startProxy(context, { environment: { state: 'building' } })
  await setting.store.commit([
    { insert: 'build', record: build },
    { insert: 'build', record: { ...build, id: 'other', environmentId: 'kkkkkkkkkk' } },
  ])
  await setting.store.appendLog('other', 'secret\n')
  await setting.store.appendLog('build-1', 'mine\n')
  const facts = /data-facts="([^"]+)"/.exec((await ask(setting.port, html)).body)?.[1]
  const wire = new Wire(setting.port).send(
    `GET /.qaack/live?facts=${facts}&log=other:0 HTTP/1.1`,
    `Host: ${host}`,
    '',
    '',
  )
  assert.doesNotMatch(await wire.until(/event: lines[^]*\n\n/), /secret/)
})

test('the reserved path is ours also while the preview answers', async (context) => {
  const { port: target } = await startService(context, (_, response) => response.end('preview'))
  const { port } = await startProxy(context, { target })
  assert.match((await ask(port, [], '/.qaack/live')).body, /event: reload/)
  assert.match((await ask(port, [], '/.qaack/lively')).body, /preview/)
})

test('an environment that is removed is unknown from then on', async (context) => {
  const setting = await startProxy(context, { environment: { state: 'building', name: 'main--shop' } })
  assert.equal((await ask(setting.port, [], '/', 'main--shop.qaack.example')).status, 503)
  const wire = await listen(setting)
  await setting.store.commit([{ remove: 'environment', id: 'abcdefghij', version: 1 }])
  await wire.until(/event: changed/)
  assert.equal((await ask(setting.port, [], '/', 'main--shop.qaack.example')).status, 404)
})
