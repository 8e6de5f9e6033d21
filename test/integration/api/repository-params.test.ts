import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startApi, type Answer } from './service.ts'

async function groupOf(service: Awaited<ReturnType<typeof startApi>>): Promise<string> {
  const made = await service.call('POST', '/api/groups', { name: 'acme' })
  return (made.body as { id: string }).id
}

for (const params of [{ installation: 7 }, { hostKey: '1296269' }, { byHand: true }]) {
  test(`nobody reads what is others' by naming ${Object.keys(params).join()} of a repository`, async () => {
    await using service = await startApi()
    const wish = { name: 'shop', type: 'generic', params: { origin: 'https://git.example/a.git', ...params } }
    const answer: Answer = await service.call('POST', `/api/group/${await groupOf(service)}`, wish)
    assert.equal(answer.status, 422)
    assert.equal((answer.body as { path: string }).path, `params.${Object.keys(params).join()}`)
    assert.match((answer.body as { error: string }).error, /comes from the git host itself/)
    assert.deepEqual(await service.parts.store.list('repository'), [])
  })
}
