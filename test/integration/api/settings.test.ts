import assert from 'node:assert/strict'
import test from 'node:test'
import { insertRepository } from './records.ts'
import { startApi } from './service.ts'

interface Answer {
  webhook: Record<string, unknown>
  change: Record<string, unknown>
  report: Record<string, unknown>
  scheduledRebuild: Record<string, unknown>
  limits: Record<string, unknown>
}

test('what steers changes is set piece by piece, and each piece leaves the others alone', async () => {
  await using service = await startApi()
  const { id } = await insertRepository(service.parts)
  const url = `/api/repository/${id}/settings`
  const before = (await service.call('GET', url)).body as Answer
  assert.deepEqual(before.scheduledRebuild, { mode: 'disabled', hour: '03:00' })
  assert.deepEqual(before.limits, { memory: 0, cpus: 0, pids: 0 })
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
    { scheduledRebuild: { mode: 'all' } },
    { scheduledRebuild: { hour: '04:30' } },
    { limits: { memory: '512m' } },
    { limits: { cpus: 0.5 } },
    { rebuild: 'replace' },
    { reset: true },
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
    scheduledRebuild: { mode: 'all', hour: '04:30' },
    limits: { memory: 512 * 1024 ** 2, cpus: 0.5, pids: 0 },
    rebuild: 'replace',
    reset: true,
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
    [{ scheduledRebuild: { hour: '3am' } }, 'scheduledRebuild.hour', /in UTC as hh:mm/],
    [{ scheduledRebuild: { mode: 'reusable' } }, 'scheduledRebuild.mode', /reusables/],
    [{ scheduledRebuild: { zone: 'CET' } }, 'scheduledRebuild.zone', /has no field zone/],
    [{ limits: { memory: '1k' } }, 'limits.memory', /at least 6m/],
    [{ limits: { pids: -1 } }, 'limits.pids', /at least 0/],
    [{ rebuild: 'never' }, 'rebuild', /beside or replace/],
    [{ sshPublicKey: 'ssh-rsa AAAA' }, 'sshPublicKey', /has no field sshPublicKey/],
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
  for (const key of [
    'pathsIgnore',
    'drafts',
    'labelsIgnore',
    'forkQaackFile',
    'deployment',
    'scheduledRebuild',
    'limits',
  ])
    assert.match(described, new RegExp(`"${key}":\\{`), key)
})

test('of the SSH key only the public half is answered, also of a repository that was added just now', async () => {
  await using service = await startApi()
  const group = (await service.call('POST', '/api/groups', { name: 'team' })).body as { id: string }
  const wish = { name: 'keyed', type: 'generic', params: { origin: '/nowhere/at/all.git' } }
  const added = await service.call('POST', `/api/group/${group.id}`, wish)
  const { id } = added.body as { id: string }
  await service.parts.background.drained()
  const record = await service.parts.store.get('repository', id)
  const answers = [
    await service.call('GET', `/api/repository/${id}/settings`),
    await service.call('POST', `/api/repository/${id}/settings`, { reset: true }),
    await service.call('GET', `/api/repository/${id}`),
  ]
  for (const { status, body } of answers) {
    assert.equal(status, 200)
    const text = JSON.stringify(body)
    assert.equal(text.includes(record?.sshKey?.private ?? '?'), false)
    assert.doesNotMatch(text, /PRIVATE KEY/)
  }
  const { sshPublicKey } = answers[0]?.body as { sshPublicKey: string }
  assert.match(sshPublicKey, /^ssh-rsa AAAA/)
  assert.equal(sshPublicKey, record?.sshKey?.public)
})
