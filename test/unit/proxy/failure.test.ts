import assert from 'node:assert/strict'
import test from 'node:test'
import { failureOf, wasClosed } from '../../../src/proxy/failure.ts'

function error(code: string): Error {
  return Object.assign(new Error('x'), { code })
}

test('a service that cannot be reached may come later, one that answers wrongly is at fault, a slow one is late', () => {
  const statuses = [
    'ECONNREFUSED',
    'EHOSTUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
    'HPE_INVALID_CONSTANT',
    'ECONNRESET',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_INVALID_ARG',
  ]
  assert.deepEqual(
    statuses.map((code) => failureOf(error(code)).status),
    [503, 503, 503, 502, 502, 504, 400],
  )
  assert.equal(failureOf(new Error('no code')).status, 502)
})

test('only a connection that was closed is worth a second try', () => {
  assert.equal(wasClosed(error('ECONNRESET')), true)
  assert.equal(wasClosed(error('UND_ERR_SOCKET')), true)
  assert.equal(wasClosed(error('ECONNREFUSED')), false)
  assert.equal(wasClosed('text'), false)
})
