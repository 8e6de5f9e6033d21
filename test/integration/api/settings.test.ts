import assert from 'node:assert/strict'
import test from 'node:test'
import { insertRepository } from './records.ts'
import { startApi } from './service.ts'

interface Answer {
  webhook: Record<string, unknown>
  change: Record<string, unknown>
  report: Record<string, unknown>
}

test('what steers changes is set piece by piece, and each piece leaves the others alone', async () => {
  await using service = await startApi()
  const { id } = await insertRepository(service.parts)
  const url = `/api/repository/${id}/settings`
  const before = (await service.call('GET', url)).body as Answer
  assert.deepEqual(before.change, { build: 'merge', forkQaackFile: 'base' })
  assert.deepEqual(before.report, { comment: true, status: true, check: true, deployment: true })
  const pieces = [
    { webhook: { paths: ['web/*'] } },
    { webhook: { pathsIgnore: ['*.md'], drafts: false } },
    { webhook: { labels: ['preview'], labelsIgnore: ['no-preview'] } },
    { change: { build: 'head' } },
    { change: { forkQaackFile: 'head' } },
    { report: { check: false } },
    { report: { status: false, deployment: false } },
  ]
  for (const piece of pieces) {
    const { status, body } = await service.call('POST', url, piece)
    assert.equal(status, 200, JSON.stringify(body))
  }
  assert.deepEqual((await service.call('GET', url)).body, {
    ...before,
    webhook: {
      ...before.webhook,
      paths: ['web/*'],
      pathsIgnore: ['*.md'],
      drafts: false,
      labels: ['preview'],
      labelsIgnore: ['no-preview'],
    },
    change: { build: 'head', forkQaackFile: 'head' },
    report: { comment: true, status: false, check: false, deployment: false },
  })
})

test('a wrong value is refused with its path and what would be right, and changes nothing', async () => {
  await using service = await startApi()
  const { id } = await insertRepository(service.parts)
  const url = `/api/repository/${id}/settings`
  const before = (await service.call('GET', url)).body
  const refused: [object, string, RegExp][] = [
    [{ webhook: { paths: ['web/*', '/api/*'] } }, 'webhook.paths', /all below web is web\/\*/],
    [{ webhook: { label: [] } }, 'webhook.label', /did you mean labels\?/],
    [{ change: { build: 'squash' } }, 'change.build', /merge/],
    [{ report: { comment: 'no' } }, 'report.comment', /true|boolean/],
  ]
  for (const [body, path, message] of refused) {
    const answer = await service.call('POST', url, body)
    const { error, path: named } = answer.body as { error: string; path: string }
    assert.equal(answer.status, 422, JSON.stringify(answer.body))
    assert.ok(named.startsWith(path), `${named} of ${path}`)
    assert.match(error, message)
  }
  assert.deepEqual((await service.call('GET', url)).body, before)
})

test('the description of the API names every setting of a change', async () => {
  await using service = await startApi()
  const described = JSON.stringify((await service.call('GET', '/api/openapi.json')).body)
  for (const key of ['pathsIgnore', 'drafts', 'labelsIgnore', 'forkQaackFile', 'deployment'])
    assert.match(described, new RegExp(`"${key}":\\{`), key)
})
