import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { systemClock } from '../../../../src/clock.ts'
import { ask, each, type RepositoryAsker } from '../../../../src/hosts/github/ask.ts'
import { publishCheckRun } from '../../../../src/hosts/github/check-run.ts'
import { tokenClient } from '../../../../src/hosts/github/client.ts'
import { annotation, made } from '../../../../src/hosts/github/payloads.ts'
import { silentLogger } from '../../../../src/logger.ts'

/** What the local GitHub does otherwise than GitHub, which adds annotations to those that are there, or does not do at all. */

interface Annotation {
  path: string
  start_line: number
  message: string
}

let url = ''
let at: RepositoryAsker
let kept: Annotation[] = []
/** How many annotations came with each request. */
let batches: number[] = []
let authorizations: unknown[] = []
let answerNothing = 0

const server = createServer((request, response) => {
  authorizations.push(request.headers.authorization)
  const send = (body: unknown, headers: Record<string, string> = {}) =>
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  const path = request.url ?? ''
  if (path.includes('/annotations')) {
    const page = Number(new URL(path, url).searchParams.get('page') ?? 1)
    const rest = kept.slice(page * 100)
    const next = `<${url}${path.split('?')[0]}?per_page=100&page=${page + 1}>; rel="next"`
    return send(kept.slice((page - 1) * 100, page * 100), rest.length > 0 ? { link: next } : {})
  }
  if (request.method === 'GET' && path.includes('/commits/'))
    return send({ total_count: kept.length > 0 ? 1 : 0, check_runs: kept.length > 0 ? [run] : [] })
  if (path.startsWith('/nonsense')) return void response.writeHead(200).end('<html>log in first</html>')
  if (path.startsWith('/big'))
    return void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"id":9007199254740993123}')
  let text = ''
  request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
  request.on('end', () => {
    const { annotations = [] } = (JSON.parse(text) as { output: { annotations?: Annotation[] } }).output
    kept.push(...annotations)
    batches.push(annotations.length)
    if (answerNothing > 0 && (answerNothing -= 1) === 0) return response.destroy()
    send(run)
  })
})
const run = { id: 7, external_id: 'm', app: { id: 1 } }

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const parts = { server: { api: url, web: url }, clock: systemClock, logger: silentLogger }
  const client = await tokenClient(parts, 'ghp_x')
  const me = () => Promise.resolve({ appId: 1, login: 'qaack[bot]' })
  at = { client, clock: systemClock, owner: 'acme', repo: 'shop', me }
})
after(() => server.close())
beforeEach(() => {
  kept = []
  batches = []
  authorizations = []
  answerNothing = 0
})

function publish(count: number, handle: string | null): Promise<string> {
  const annotations = Array.from({ length: count }, (_, n) => ({
    ...{ file: 'qaack/qaack.yml', line: n + 1, column: null, message: `fault ${n}` },
  }))
  const report = {
    state: 'failure',
    title: 't',
    summary: 's',
    text: '',
    startedAt: null,
    endedAt: null,
  } as const
  return publishCheckRun(
    at,
    { hash: 'abc', mark: 'm', url: 'http://qaack.test/e', annotations, ...report },
    handle,
  )
}

test('many annotations are sent fifty at a time, and none twice', async () => {
  const handle = await publish(120, null)
  assert.deepEqual(batches, [50, 50, 20])
  assert.equal(await publish(120, handle), handle)
  assert.deepEqual(batches, [50, 50, 20, 0])
  assert.equal(kept.length, 120)
})

test('annotations whose answer was lost are not sent again', async () => {
  answerNothing = 2
  await assert.rejects(publish(120, null), { name: 'HostFailure', kind: 'unavailable' })
  assert.equal(await publish(120, null), 'abc:7')
  assert.deepEqual(batches, [50, 50, 20])
  assert.equal(new Set(kept.map(({ message }) => message)).size, 120)
})

test('a list is read page after page, as far as somebody wants', async () => {
  kept = Array.from({ length: 250 }, (_, n) => ({ path: 'f', start_line: n + 1, message: 'm' }))
  const route = 'GET /repos/{owner}/{repo}/check-runs/7/annotations'
  const lines: number[] = []
  for await (const one of each(at, route, {}, annotation)) lines.push(one.start_line)
  assert.deepEqual([lines.length, lines.at(-1), authorizations.length], [250, 250, 3])
  for await (const one of each(at, route, {}, annotation)) if (one.start_line === 5) break
  assert.equal(authorizations.length, 4)
})

test('an answer that is none of GitHub is as good as none', async () => {
  const expected = { name: 'HostFailure', kind: 'unavailable', message: /something else than expected/ }
  await assert.rejects(ask(at, 'GET /nonsense', {}, made), expected)
})

test('numbers that are too big for JavaScript are kept', async () => {
  assert.deepEqual(await ask(at, 'GET /big', {}, made), { id: '9007199254740993123' })
})

test('the token is shown', () => {
  assert.equal(authorizations.length, 0)
  return publish(0, null).then(() => assert.deepEqual([...new Set(authorizations)], ['token ghp_x']))
})
