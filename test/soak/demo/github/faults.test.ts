import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultKinds, faultSource, type FaultKind } from '../../../../src/demo/github/faults.ts'
import type { Faults } from '../../../../src/demo/github/start.ts'
import { openStage, type Stage } from './stage.ts'

test('the same seed disturbs the same requests', async () => {
  await using stage = await openStage()
  const token = await tokenOf(stage)
  const kinds: FaultKind[] = [
    'server-error',
    'bad-gateway',
    'rate-limit',
    'secondary-limit',
    'done-then-drop',
  ]
  const run = async (faults: Faults) => {
    stage.github.faults = { kinds, ...faults }
    const from = stage.github.requests.length
    const ask = () => fetch(`${stage.github.url}/api/v3/installation/repositories`, headersOf(token, 10_000))
    for (let count = 0; count < 40; count += 1) await ask().catch(() => undefined)
    return stage.github.requests.slice(from).map(({ fault }) => fault)
  }
  const first = await run({ seed: 7, share: 0.3 })
  assert.deepEqual(await run({ seed: 7, share: 0.3 }), first)
  assert.notDeepEqual(await run({ seed: 8, share: 0.3 }), first)
  const hit = first.filter((fault) => fault !== undefined)
  assert.ok(hit.length >= 4 && hit.length <= 20, `${hit.length} of 40`)
  assert.deepEqual(await run({ seed: 7, share: 0 }), Array.from({ length: 40 }))
})

test('all kinds come, about as often as asked for', () => {
  const source = faultSource({ seed: 3, share: 0.25 })
  const drawn = Array.from({ length: 2000 }, () => source({ method: 'GET', path: '/' }))
  const hit = drawn.filter((fault) => fault !== undefined)
  assert.ok(Math.abs(hit.length - 500) < 100, `${hit.length} of 2000`)
  assert.deepEqual(new Set(hit), new Set(faultKinds))
})

test('each kind says what GitHub says', async () => {
  await using stage = await openStage()
  const token = await tokenOf(stage)
  const said = async (kind: FaultKind) => {
    stage.github.faults = { seed: 1, share: 1, kinds: [kind] }
    const patience = /hang$/.test(kind) ? 300 : 10_000
    const ask = fetch(`${stage.github.url}/api/v3/installation/repositories`, headersOf(token, patience))
    const got = await ask.catch((error: Error) => error)
    if (!(got instanceof Response)) return got.name === 'TimeoutError' ? 'silence' : 'broken'
    return [got.status, got.headers.get('x-ratelimit-remaining'), got.headers.get('retry-after')]
  }
  const table = Object.fromEntries(
    await inTurn(faultKinds, async (kind) => [kind, await said(kind)] as const),
  )
  assert.deepEqual(table, {
    'server-error': [500, null, null],
    'bad-gateway': [502, null, null],
    'rate-limit': [403, '0', null],
    'secondary-limit': [403, null, '1'],
    'too-many-requests': [429, null, '1'],
    hang: 'silence',
    'done-then-drop': 'broken',
    'done-then-hang': 'silence',
  })
  stage.github.faults = undefined
  const calm = await fetch(`${stage.github.url}/api/v3/installation/repositories`, headersOf(token, 5000))
  assert.equal(calm.status, 200)
})

test('work that was done and not told is done', async () => {
  await using stage = await openStage()
  const { github } = stage
  const ada = github.user('ada')
  await ada.push('main', 'feat: a shop', { a: '1' })
  await ada.push('work', 'feat: more', { a: '2' })
  const number = await ada.openChange({ title: 'More', head: 'work' })
  const token = await tokenOf(stage)
  github.faults = { seed: 1, share: 1, kinds: ['done-then-drop'], only: ({ method }) => method === 'POST' }
  const comment = fetch(`${github.url}/api/v3/repos/acme/shop/issues/${number}/comments`, {
    ...headersOf(token, 5000),
    ...{ method: 'POST', body: JSON.stringify({ body: 'ready' }) },
  })
  await assert.rejects(comment)
  assert.deepEqual(
    (await ada.comments(number)).map(({ body }) => body),
    ['ready'],
  )
  const last = github.requests.at(-1)
  assert.deepEqual([last?.method, last?.status, last?.fault], ['POST', 0, 'done-then-drop'])
})

test('people, git and the first steps of an app are never disturbed', async () => {
  await using stage = await openStage()
  const { github } = stage
  github.faults = { seed: 1, share: 1 }
  const ada = github.user('ada')
  await ada.push('main', 'feat: a shop', { a: '1' })
  await ada.api('GET', '/repos/acme/shop')
  const got = await fetch(`${github.url}/api/v3/app-manifests/unknown/conversions`, { method: 'POST' })
  assert.equal(got.status, 404)
})

async function tokenOf(stage: Stage): Promise<string> {
  const { token } = (await stage.installation.auth({ type: 'installation' })) as { token: string }
  return token
}

function headersOf(token: string, patience: number) {
  return { headers: { authorization: `token ${token}` }, signal: AbortSignal.timeout(patience) }
}

async function inTurn<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await work(item))
  return results
}
