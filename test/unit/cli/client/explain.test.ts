import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  explainAnswer,
  explainFetchError,
  NotFound,
  Unreachable,
} from '../../../../src/cli/client/explain.ts'

const server = {
  url: 'http://127.0.0.1:3000',
  token: 'secret-token',
  source: 'QAACK_URL',
  tokenSource: 'QAACK_TOKEN',
}

function failed(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}

test('the words of the server are told, with the field that is wrong', () => {
  assert.equal(explainAnswer(409, '{"error":"it is being built"}', server).message, 'it is being built')
  assert.equal(
    explainAnswer(422, '{"error":"must be a number","path":"ttl"}', server).message,
    'ttl: must be a number',
  )
  assert.equal(
    explainAnswer(422, '{"error":"ttl must be a number","path":"ttl"}', server).message,
    'ttl must be a number',
  )
  assert.equal(
    explainAnswer(422, '{"error":"group: must be a path","path":"params.group"}', server).message,
    'group: must be a path',
  )
  assert.ok(explainAnswer(404, '{"error":"there is no environment x"}', server) instanceof NotFound)
})

test('a token that does not work is named by where it came from, never by its text', () => {
  const { message } = explainAnswer(401, '{"error":"the token has expired"}', server)
  assert.match(message, /QAACK_TOKEN.*qaack token create.*qaack login http:\/\/127\.0\.0\.1:3000/)
  assert.doesNotMatch(message, /secret-token/)
})

test('without a token it says how to get one', () => {
  assert.match(
    explainAnswer(400, '{"error":"no token was sent"}', { ...server, token: null }).message,
    /^there is no token for http:.* run qaack login/,
  )
})

test('an answer of something else is called that', () => {
  for (const body of ['<html>nginx</html>', '', '{"message":"x"}', 'null']) {
    assert.match(explainAnswer(502, body, server).message, /does not speak like a Qaack server.*QAACK_URL/)
  }
})

test('a server that is not there can be waited for, a wrong certificate cannot', () => {
  const refused = explainFetchError(failed('ECONNREFUSED'), server)
  assert.ok(refused instanceof Unreachable)
  assert.equal(
    refused.message,
    'no Qaack server answers at http://127.0.0.1:3000; start it with qaack serve or set QAACK_URL',
  )
  const certificate = explainFetchError(failed('DEPTH_ZERO_SELF_SIGNED_CERT'), server)
  assert.ok(!(certificate instanceof Unreachable))
  assert.match(certificate.message, /not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\).*NODE_EXTRA_CA_CERTS/)
})

test('an address that speaks no TLS is not taken for a wrong certificate', () => {
  const { message } = explainFetchError(failed('ERR_SSL_WRONG_VERSION_NUMBER'), server)
  assert.match(message, /does not speak TLS; try the address with http:/)
})

test('a server whose database is away, or that a proxy does not reach, can be waited for', () => {
  const away = explainAnswer(503, '{"error":"the database does not answer; start it"}', server)
  assert.ok(away instanceof Unreachable)
  assert.equal(away.message, 'the database does not answer; start it')
  for (const status of [502, 503, 504]) assert.ok(explainAnswer(status, '', server) instanceof Unreachable)
  assert.ok(!(explainAnswer(500, '{"error":"a fault"}', server) instanceof Unreachable))
})

test('of several addresses that were tried the first error counts', () => {
  const several = new TypeError('fetch failed', {
    cause: new AggregateError([Object.assign(new Error('a'), { code: 'ECONNREFUSED' })]),
  })
  assert.match(explainFetchError(several, server).message, /no Qaack server answers/)
})
