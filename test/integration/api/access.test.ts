import assert from 'node:assert/strict'
import test from 'node:test'
import { ManualClock } from '../../fakes/clock.ts'
import { adminToken, startApi, type Service } from './service.ts'

async function makeToken(service: Service, wish: object): Promise<string> {
  const { status, body } = await service.call('POST', '/api/user/tokens', wish)
  assert.equal(status, 201)
  return (body as { token: string }).token
}

function errorOf(body: unknown): string {
  return (body as { error: string }).error
}

test('no token is 400, a wrong one 401, also when the cookie beside it is right', async () => {
  await using service = await startApi()
  assert.equal((await service.call('GET', '/api/groups', undefined, {})).status, 400)
  assert.equal(
    (await service.call('GET', '/api/groups', undefined, { 'x-qaack-token': 'wrong' })).status,
    401,
  )
  assert.equal(
    (
      await service.call('GET', '/api/groups', undefined, {
        'x-qaack-token': 'wrong',
        cookie: `token=${adminToken}`,
      })
    ).status,
    401,
  )
  assert.equal(
    (await service.call('GET', '/api/groups', undefined, { cookie: `token=${adminToken}` })).status,
    200,
  )
})

test('a body is not read before the token is known to be good', async () => {
  await using service = await startApi()
  const { status } = await service.call('POST', '/api/groups', { name: 'x'.repeat(2_000_000) }, {})
  assert.equal(status, 400)
})

test('a made token works, is kept as a hash only, and stops working when deleted', async () => {
  await using service = await startApi()
  const token = await makeToken(service, { name: 'ci' })
  const [record] = await service.parts.store.list('token')
  assert.ok(record && !JSON.stringify(record).includes(token))
  const headers = { 'x-qaack-token': token }
  assert.equal((await service.call('POST', '/api/groups', { name: 'one' }, headers)).status, 201)
  const { body } = await service.call('GET', '/api/user/info', undefined, headers)
  assert.deepEqual(body, { email: null, apiTokens: [{ Name: 'ci', ExpiresOn: null, ReadOnly: false }] })
  assert.equal((await service.call('DELETE', '/api/user/tokens', { name: 'ci' })).status, 200)
  assert.equal((await service.call('GET', '/api/groups', undefined, headers)).status, 401)
  assert.equal((await service.call('DELETE', '/api/user/tokens?name=ci')).status, 404)
  assert.equal((await service.call('DELETE', '/api/user/tokens')).status, 422)
})

test('a token that only reads may not write', async () => {
  await using service = await startApi()
  const headers = { 'x-qaack-token': await makeToken(service, { name: 'reader', readOnly: true }) }
  assert.equal((await service.call('GET', '/api/groups', undefined, headers)).status, 200)
  assert.equal((await service.call('HEAD', '/api/groups', undefined, headers)).status, 200)
  const { status, body } = await service.call('POST', '/api/groups', { name: 'one' }, headers)
  assert.equal(status, 403)
  assert.match(errorOf(body), /only read/)
})

test('a token ends at its time', async () => {
  const clock = new ManualClock(Date.parse('2030-01-01T00:00:00Z'))
  await using service = await startApi({ clock })
  const token = await makeToken(service, { name: 'short', expirationTime: '2030-01-01T01:01:00+01:00' })
  const headers = { 'x-qaack-token': token }
  assert.equal((await service.call('GET', '/api/groups', undefined, headers)).status, 200)
  await clock.advance(60_000)
  const { status, body } = await service.call('GET', '/api/groups', undefined, headers)
  assert.equal(status, 401)
  assert.match(errorOf(body), /expired/)
})

test('a token needs a name of its own and a time in the future', async () => {
  await using service = await startApi()
  await makeToken(service, { name: 'ci' })
  const twice = await service.call('POST', '/api/user/tokens', { name: 'ci' })
  assert.equal(twice.status, 409)
  for (const expirationTime of ['2001-01-01T00:00:00Z', 'tomorrow', '2030-13-01T00:00:00Z', 7]) {
    const { status, body } = await service.call('POST', '/api/user/tokens', { name: 'late', expirationTime })
    assert.equal(status, 422)
    assert.equal((body as { path: string }).path, 'expirationTime')
  }
})

test('logging out ends the token in use; the admin token stays', async () => {
  await using service = await startApi()
  const headers = { 'x-qaack-token': await makeToken(service, { name: 'mine' }) }
  assert.equal((await service.call('POST', '/api/user/logout', undefined, headers)).status, 200)
  assert.equal((await service.call('GET', '/api/groups', undefined, headers)).status, 401)
  assert.equal((await service.call('POST', '/api/user/logout')).status, 409)
})

test('a browser may write with its cookie from our own pages only', async () => {
  await using service = await startApi()
  const from = (origin: string) => ({ cookie: `token=${adminToken}`, origin, host: 'qaack.localhost:3000' })
  assert.equal(
    (await service.call('POST', '/api/groups', { name: 'a' }, from('http://panel.qaack.localhost:3000')))
      .status,
    201,
  )
  const refused = await service.call(
    'POST',
    '/api/groups',
    { name: 'b' },
    from('http://abcdefghij.qaack.localhost:3000'),
  )
  assert.equal(refused.status, 403)
  assert.match(errorOf(refused.body), /another site/)
  const byHeader = { ...from('http://evil.example'), 'x-qaack-token': adminToken }
  assert.equal((await service.call('POST', '/api/groups', { name: 'c' }, byHeader)).status, 201)
})

test('an unknown path is 404 and a wrong method 405 with those that would do, token or not', async () => {
  await using service = await startApi()
  for (const path of [
    '/api',
    '/api/nothing',
    '/api/groups/',
    '/api/user/login',
    '/api/user/register',
    '/%zz',
    `/api/group/${'x'.repeat(1500)}`,
  ]) {
    const { status, body } = await service.call('GET', path, undefined, {})
    assert.equal(status, 404, path)
    assert.equal(typeof errorOf(body), 'string')
  }
  const wrong = await service.call('PATCH', '/api/environment/abcdefghij', { a: 1 }, {})
  assert.equal(wrong.status, 405)
  assert.equal(wrong.headers.allow, 'DELETE, GET, HEAD, PUT')
  assert.equal((await service.call('OPTIONS', '/api/groups')).headers.allow, 'GET, HEAD, POST')
})

test('a body that is too large is 413, of another type 415, malformed 422', async () => {
  await using service = await startApi()
  const post = async (payload: string, type?: string) => {
    const headers = { 'x-qaack-token': adminToken, ...(type === undefined ? {} : { 'content-type': type }) }
    const { statusCode, body } = await service.api.inject({
      method: 'POST',
      url: '/api/groups',
      headers,
      payload,
    })
    assert.equal(typeof errorOf(JSON.parse(body)), 'string')
    assert.doesNotMatch(body, /node_modules|\.ts:|at \w+ \(/)
    return statusCode
  }
  const padded = (length: number) => JSON.stringify({ name: 'x', pad: 'y'.repeat(length - 21) })
  assert.equal(padded(1024 * 1024).length, 1024 * 1024)
  assert.equal(await post(padded(1024 * 1024), 'application/json'), 422)
  assert.equal(await post(padded(1024 * 1024 + 1), 'application/json'), 413)
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
  ]) {
    assert.equal(await post('{"name":"x"}', type), 415, type)
  }
  for (const payload of [
    '{',
    '{"name":',
    'nul',
    '[]',
    '"text"',
    'null',
    '{"__proto__":{"x":1},"name":"a"}',
    '',
  ]) {
    assert.equal(await post(payload, 'application/json'), 422, payload)
  }
})
