import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { HostFailure } from '../../../../src/hosts/failure.ts'
import { ask, each } from '../../../../src/hosts/gitlab/ask.ts'
import { failureOf, toHostFailure } from '../../../../src/hosts/gitlab/refusal.ts'
import { gitlabThatAnswers } from './answers.ts'
import { shop } from './record.ts'

const now = Date.parse('2030-01-01T00:00:00Z')

function failure(status: number, body: unknown = null, headers = {}, asked = 'GET projects/42'): HostFailure {
  return failureOf({ status, body, headers }, asked, now)
}

test('GitLab in trouble is unavailable', () => {
  for (const status of [500, 502, 503, 504, 408]) {
    const { kind, message, retryAt } = failure(status, '<html>')
    assert.deepEqual([kind, retryAt], ['unavailable', null])
    assert.equal(message, `GitLab answered ${status} to GET projects/42`)
  }
})

test('too much asked says until when to wait, and nobody waits for more than an hour', () => {
  assert.equal(failure(429, 'Retry later', { 'retry-after': '30' }).retryAt, now + 30_000)
  assert.equal(failure(429, null, { 'ratelimit-reset': String(now / 1000 + 100) }).retryAt, now + 101_000)
  assert.equal(failure(429, null, { 'retry-after': '99999999' }).retryAt, now + 3_600_000)
  for (const header of ['', 'soon', '-1']) {
    const { kind, retryAt } = failure(429, null, { 'retry-after': header })
    assert.deepEqual([kind, retryAt], ['limited', now + 60_000])
  }
})

test('what is not there is gone, with what GitLab says of it', () => {
  assert.equal(failure(410).kind, 'gone')
  const { kind, message } = failure(404, { message: '404 Project Not Found' })
  assert.equal(kind, 'gone')
  assert.equal(message, 'GitLab does not know what was asked for: GET projects/42: 404 Project Not Found')
})

test('what a person has to change is said', () => {
  const revoked = { error: 'invalid_token', error_description: 'Token was revoked.' }
  assert.match(failure(401, revoked).message, /accept our token: Token was revoked\.; .*gitlab\.token/)
  assert.match(failure(403, { error: 'insufficient_scope', scope: 'api' }).message, /scope api is missing/)
  const forbidden = { message: '403 Forbidden' }
  const hooks = failure(403, forbidden, {}, 'POST projects/42/hooks')
  assert.match(hooks.message, /\(403 Forbidden\): .* Maintainer of the project/)
  const status = (hash: string) => failure(403, forbidden, {}, `POST projects/42/statuses/${hash}`)
  assert.match(status('abc').message, /Developer/)
  assert.equal(status('abc').message, status('def').message)
  assert.match(failure(403, forbidden).message, /Reporter/)
})

test('any other no is passed on with what GitLab said, however it says it', () => {
  const refused = (body: unknown) =>
    failure(400, body).message.replace('GitLab refused GET projects/42: ', '')
  assert.equal(refused({ message: 'Cannot\n transition' }), 'Cannot transition')
  assert.equal(
    refused({ message: { name: ['is taken', 'is bad'], base: ['no'] } }),
    'name is taken, is bad; no',
  )
  assert.equal(refused({ message: ['one', 'two'] }), 'one, two')
  assert.equal(refused({ error: 'ref is missing' }), 'ref is missing')
  assert.equal(refused('plain'), 'plain')
  for (const nothing of ['<html>', null, 7, { message: null }, [], {}])
    assert.equal(refused(nothing), 'status 400', JSON.stringify(nothing))
  assert.ok(failure(400, { message: 'x'.repeat(9999) }).message.length < 400)
})

test('no answer is unavailable, and what is a failure of ours already stays it', () => {
  const lost = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
  assert.match(
    toHostFailure(lost, 'GET user').message,
    /cannot be reached: connect ECONNREFUSED \(GET user\)/,
  )
  assert.equal(toHostFailure('nonsense', 'GET user').kind, 'unavailable')
  const late = new HostFailure('unavailable', 'late')
  assert.equal(toHostFailure(new Error('wrapped', { cause: late }), 'GET user'), late)
})

const api = 'GET https://gitlab.example.com/api/v4/'

test('each request is made once, with the token in its header', async () => {
  const { access, asked } = gitlabThatAnswers({ [`${api}user`]: () => new Response('', { status: 502 }) })
  const at = await access.toRead(shop())
  await assert.rejects(ask(at, 'GET', 'user', {}, z.unknown()), { kind: 'unavailable' })
  assert.equal(asked.length, 1)
  assert.equal(asked[0]?.headers['private-token'], 'glpat-settings')
})

test('an answer that cannot be read is unavailable', async () => {
  const { access } = gitlabThatAnswers({
    [`${api}page`]: () => new Response('<html>Sign in</html>'),
    [`${api}user`]: () => Response.json({ id: 'x' }),
  })
  const at = await access.toRead(shop())
  await assert.rejects(ask(at, 'GET', 'page', {}, z.unknown()), { kind: 'unavailable', message: /not JSON/ })
  await assert.rejects(at.me(), { kind: 'unavailable', message: /expected \(id\)/ })
})

test('the token goes to no other host', async () => {
  const to = (location: string) => () => new Response('', { status: 302, headers: { location } })
  const { access, asked } = gitlabThatAnswers({
    [`${api}away`]: to('https://evil.test/api/v4/user'),
    [`${api}plain`]: to('http://gitlab.example.com/api/v4/user'),
    [`${api}round`]: to('round'),
    [`${api}moved`]: to('/api/v4/user'),
    'POST https://gitlab.example.com/api/v4/moved': to('/api/v4/user'),
    [`${api}user`]: () => Response.json({ id: 1, username: 'qaack' }),
  })
  const at = await access.toRead(shop())
  for (const path of ['away', 'plain', 'round'])
    await assert.rejects(ask(at, 'GET', path, {}, z.unknown()), { kind: 'refused', message: /sends us on/ })
  await assert.rejects(ask(at, 'POST', 'moved', {}, z.unknown()), { kind: 'refused' })
  assert.deepEqual(await ask(at, 'GET', 'moved', {}, z.unknown()), { id: 1, username: 'qaack' })
  assert.ok(asked.every(({ url }) => url.startsWith('https://gitlab.example.com/')))
})

test('who takes too long is not waited for', async () => {
  const hanging = Promise.withResolvers<Response>()
  const { access, clock } = gitlabThatAnswers({ [`${api}user`]: () => hanging.promise })
  const at = await access.toRead(shop())
  const asking = assert.rejects(at.me(), { kind: 'unavailable', message: /within 20 seconds/ })
  await new Promise(setImmediate)
  await clock.advance(20_000)
  await asking
})

test('pages are followed by number or by link, wherever the link leads', async () => {
  const { access, asked } = gitlabThatAnswers({
    'list?per_page=100': () => Response.json([1], { headers: { 'x-next-page': '2' } }),
    'list?per_page=100&page=2': () => Response.json([2], { headers: { 'x-next-page': '' } }),
    'keys?per_page=100': () =>
      Response.json([1], {
        headers: { link: '<http://inner:8080/x?id_after=1>; rel="next", <x>; rel="last"' },
      }),
    'keys?id_after=1': () => Response.json([2], { headers: { link: '<http://inner/x>; rel="first"' } }),
    'same?per_page=100': () => Response.json([1], { headers: { link: '<?per_page=100>; rel="next"' } }),
  })
  const at = await access.toRead(shop())
  const all = async (path: string) => {
    const items: number[] = []
    for await (const item of each(at, path, {}, z.number())) items.push(item)
    return items
  }
  assert.deepEqual(await all('list'), [1, 2])
  assert.deepEqual(await all('keys'), [1, 2])
  assert.deepEqual(await all('same'), [1])
  assert.ok(asked.every(({ url }) => url.startsWith('https://gitlab.example.com/')))
})
