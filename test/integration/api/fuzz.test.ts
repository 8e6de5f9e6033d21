import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { insertEnvironment } from './records.ts'
import { adminToken, startApi, type Method } from './service.ts'

const routes: [Method, string][] = [
  ['POST', '/api/groups'],
  ['POST', '/api/group/:group'],
  ['POST', '/api/repository/:repository'],
  ['POST', '/api/repository/:repository/settings'],
  ['POST', '/api/repository/:repository/environments'],
  ['PUT', '/api/environment/:environment'],
  ['POST', '/api/environment/:environment/build'],
  ['POST', '/api/environment/:environment/cancel'],
  ['POST', '/api/environment/:environment/service/web/exec'],
  ['POST', '/api/user/tokens'],
  ['DELETE', '/api/user/tokens'],
]

/** Bodies that are nearly right: known fields with values of all kinds, also in the places of others. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    'branch',
    'main',
    'panel',
    'generic',
    '2999-01-01T00:00:00Z',
    '__proto__',
    '\ud800',
    '\0',
    '99999999999999999999',
    -0,
    1e308,
  ),
)
const field = fc.constantFrom(
  'name',
  'type',
  'params',
  'origin',
  'settings',
  'qaackFile',
  'mode',
  'webhook',
  'include',
  'ref',
  'ttl',
  'build',
  'command',
  'expirationTime',
  'readOnly',
  'environmentTTL',
  '__proto__',
  'constructor',
)
const body = fc.oneof(
  fc.dictionary(field, fc.oneof(value, fc.dictionary(field, value))).map((object) => JSON.stringify(object)),
  value.map((one) => JSON.stringify(one)),
  fc.string(),
)

function isSentence(text: string): boolean {
  return text === '' || typeof (JSON.parse(text) as { error?: unknown }).error === 'string'
}

test('no body makes a write fail on our side', { timeout: 60_000 }, async () => {
  await using service = await startApi()
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...routes), body, async ([method, path], payload) => {
      const { id, repositoryId } = await insertEnvironment(service.parts)
      const groupId = (await service.parts.store.get('repository', repositoryId))?.groupId ?? ''
      const url = path
        .replace(':group', groupId)
        .replace(':repository', repositoryId)
        .replace(':environment', id)
      const headers = { 'x-qaack-token': adminToken, 'content-type': 'application/json' }
      const answer = await service.api.inject({ method, url, headers, payload })
      assert.ok(answer.statusCode < 500, `${method} ${path} ${payload}: ${answer.statusCode} ${answer.body}`)
      if (answer.statusCode >= 400) assert.ok(isSentence(answer.body), answer.body)
    }),
    { numRuns: 400 },
  )
})

test('no path, query or header makes a read fail on our side', { timeout: 60_000 }, async () => {
  await using service = await startApi()
  const { id } = await insertEnvironment(service.parts)
  const path = fc.constantFrom(
    '/api/group/',
    '/api/repository/',
    '/api/environment/',
    `/api/environment/${id}/service/`,
    '/api/events?since=',
    `/api/environment/${id}/log?build=`,
    '/',
  )
  await fc.assert(
    fc.asyncProperty(
      path,
      fc.oneof(fc.string(), fc.webQueryParameters()),
      fc.string(),
      async (start, end, cookie) => {
        const url = start + (end.includes('%') ? end : encodeURIComponent(end.toWellFormed()))
        // What calls us here takes nothing else, such as `/\\%`, which would be the start of a host.
        fc.pre(URL.canParse(url, 'http://localhost'))
        const headers = { 'x-qaack-token': adminToken, cookie: encodeURI(cookie.toWellFormed()) }
        const answer = await service.api.inject({ method: 'GET', url, headers })
        assert.ok(answer.statusCode < 500, `${url}: ${answer.statusCode} ${answer.body}`)
      },
    ),
    { numRuns: 400 },
  )
})
