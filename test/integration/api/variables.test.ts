import assert from 'node:assert/strict'
import test from 'node:test'
import { addGroup } from '../../../src/repositories/manage.ts'
import { insertRepository } from './records.ts'
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

test('what another secret_key sealed is listed all the same, so that it can be deleted', async () => {
  await using at = await startApi()
  const { id } = await addGroup(at.parts, 'acme')
  const path = `/api/group/${id}/variables`
  assert.equal((await at.call('POST', path, { name: 'LOG', value: 'debug' })).status, 201)
  at.parts.secretKey = 'another key'
  const shown = await at.call('GET', `/api/group/${id}/settings`)
  const log = { name: 'LOG', type: 'text', visibility: 'always' }
  assert.deepEqual([shown.status, shown.body], [200, { variables: [log], members: [] }])
  assert.equal((await at.call('DELETE', path, { name: 'LOG' })).status, 200)
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

test('so is one of a repository, beside those of its group, and secret values are never answered', async () => {
  await using at = await startApi()
  const { id } = await insertRepository(at.parts)
  const path = `/api/repository/${id}/variables`
  const shown = async () =>
    ((await at.call('GET', `/api/repository/${id}/settings`)).body as { variables: unknown[] }).variables
  const told: unknown[] = []
  const set = async (body: object) => {
    const { status, body: answered } = await at.call('POST', path, body)
    told.push(answered)
    return status
  }
  assert.deepEqual(await shown(), [])
  assert.equal(await set({ name: 'KEY', value: 'hunter22' }), 201)
  assert.deepEqual(await shown(), [{ name: 'KEY', type: 'text', visibility: 'always', value: 'hunter22' }])
  told.length = 0
  assert.equal(await set({ name: 'KEY', value: 'hunter23', type: 'secret', visibility: 'buildtime' }), 200)
  assert.equal(await set({ name: 'NPMRC', value: 'hunter24', type: 'file', path: '/root/.npmrc' }), 201)
  assert.equal(await set({ name: 'CERT', value: 'hunter25', type: 'file' }), 201)
  told.push(await shown())
  assert.deepEqual(await shown(), [
    { name: 'CERT', type: 'file', visibility: 'always', path: '/run/qaack/CERT' },
    { name: 'KEY', type: 'secret', visibility: 'buildtime' },
    { name: 'NPMRC', type: 'file', visibility: 'always', path: '/root/.npmrc' },
  ])
  // What is not said is as in a new one, not as it was.
  assert.equal(await set({ name: 'KEY', value: 'plain' }), 200)
  assert.deepEqual((await shown())[1], { name: 'KEY', type: 'text', visibility: 'always', value: 'plain' })
  assert.deepEqual((await at.call('DELETE', path, { name: 'KEY' })).body, { name: 'KEY' })
  const names = (await shown()).map((one) => (one as { name: string }).name)
  assert.deepEqual(names, ['CERT', 'NPMRC'])
  told.push(await at.parts.store.events({ since: 0 }), (await at.call('GET', `/api/repository/${id}`)).body)
  assert.doesNotMatch(JSON.stringify(told), /hunter/)
})

test('a token that may only read sees them and changes none, and what is not there has none', async () => {
  await using at = await startApi()
  const { id } = await insertRepository(at.parts)
  await at.call('POST', `/api/repository/${id}/variables`, { name: 'LOG', value: 'debug' })
  const made = await at.call('POST', '/api/user/tokens', { name: 'dashboard', readOnly: true })
  const headers = { 'x-qaack-token': (made.body as { token: string }).token }
  const before = (await at.call('GET', `/api/repository/${id}/settings`, undefined, headers)).body
  for (const [method, body] of [
    ['POST', { name: 'LOG', value: 'trace' }],
    ['DELETE', { name: 'LOG' }],
  ] as const) {
    const refused = await at.call(method, `/api/repository/${id}/variables`, body, headers)
    assert.equal(refused.status, 403)
    assert.match((refused.body as { error: string }).error, /may only read/i)
    for (const kind of ['repository', 'group'])
      assert.equal((await at.call(method, `/api/${kind}/nothing222/variables`, body)).status, 404)
  }
  assert.deepEqual((await at.call('GET', `/api/repository/${id}/settings`)).body, before)
})

test('there are at most 200 variables, and together at most 512 KiB', async () => {
  await using at = await startApi()
  const { id } = await addGroup(at.parts, 'acme')
  const set = (name: string, value: string) => at.call('POST', `/api/group/${id}/variables`, { name, value })
  for (let count = 0; count < 8; count += 1)
    assert.equal((await set(`BIG${count}`, 'x'.repeat(65_536))).status, 201)
  const tooMuch = await set('ONE_MORE', 'x')
  assert.equal(tooMuch.status, 422)
  assert.match((tooMuch.body as { error: string }).error, /together would have 524289 bytes/)
  for (let count = 8; count < 200; count += 1) assert.equal((await set(`EMPTY${count}`, '')).status, 201)
  assert.match(((await set('ONE_MORE', '')).body as { error: string }).error, /200 variables already/)
  assert.equal((await set('BIG0', '')).status, 200)
})
