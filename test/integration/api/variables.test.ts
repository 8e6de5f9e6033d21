import assert from 'node:assert/strict'
import test from 'node:test'
import { addGroup } from '../../../src/repositories/manage.ts'
import { startApi } from './service.ts'

test('a variable of a group is set, replaced, shown without its secret, and deleted', async () => {
  await using at = await startApi()
  const { id } = await addGroup(at.parts, 'acme')
  const path = `/api/group/${id}/variables`
  const shown = async () => (await at.call('GET', `/api/group/${id}/settings`)).body
  assert.equal((await at.call('POST', path, { name: 'LOG', value: 'debug' })).status, 201)
  const secret = { name: 'KEY', type: 'secret', visibility: 'buildtime' }
  assert.deepEqual((await at.call('POST', path, { ...secret, value: 'hunter22' })).body, secret)
  assert.equal((await at.call('POST', path, { ...secret, value: 'hunter23' })).status, 200)
  const log = { name: 'LOG', type: 'text', visibility: 'always', value: 'debug' }
  assert.deepEqual(await shown(), { variables: [secret, log], members: [] })
  assert.deepEqual((await at.call('DELETE', path, { name: 'KEY' })).body, { name: 'KEY' })
  assert.equal((await at.call('DELETE', path, { name: 'KEY' })).status, 404)
  assert.deepEqual(await shown(), { variables: [log], members: [] })
  const told = JSON.stringify([
    await at.parts.store.events({ since: 0 }),
    await at.parts.store.list('variable'),
  ])
  assert.match(told, /variable KEY of group acme deleted by the admin token/)
  assert.ok(!told.includes('hunter'))
})

test('what no variable can be is refused with its field', async () => {
  await using at = await startApi()
  const { id } = await addGroup(at.parts, 'acme')
  const refused = async (body: object, field: string) => {
    const answer = await at.call('POST', `/api/group/${id}/variables`, { name: 'A', value: '', ...body })
    assert.deepEqual([answer.status, (answer.body as { path: string }).path], [422, field])
  }
  await refused({ name: 'QCK_X' }, 'name')
  await refused({ name: '1A' }, 'name')
  await refused({ value: 'a\0' }, 'value')
  await refused({ value: 'x'.repeat(65_537) }, 'value')
  await refused({ path: '/a' }, 'path')
  await refused({ type: 'file', path: '/etc/../a' }, 'path')
  await refused({ name: 'QCK_TESTER_PLAYWRIGHT_NPMRC' }, 'type')
})
