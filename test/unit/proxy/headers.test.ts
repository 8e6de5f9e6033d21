import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { isPrivate, requestHeaders, responseHeaders, valueOf } from '../../../src/proxy/headers.ts'
import { hostHeader } from '../../../src/proxy/host.ts'

const base = { scheme: 'https', domain: 'qaack.example', port: null } as const

function onward(raw: string[], peer = '203.0.113.9'): string[] {
  return requestHeaders(raw, { peer, host: 'shop.qaack.example', base })
}

test('a stranger tells nothing about the client: we do', () => {
  const raw = [
    'Host',
    'x',
    'X-Forwarded-For',
    '1.1.1.1',
    'x-forwarded-proto',
    'http',
    'X-Forwarded-Host',
    'evil',
    'X-Forwarded-Port',
    '1',
    'Forwarded',
    'for=1',
    'X-Real-IP',
    '1.1.1.1',
  ]
  assert.deepEqual(onward(raw), [
    'Host',
    'shop.qaack.example',
    'X-Forwarded-For',
    '203.0.113.9',
    'X-Forwarded-Host',
    'shop.qaack.example',
    'X-Forwarded-Proto',
    'https',
  ])
})

test('a proxy in front, on this machine or in a private network, is believed and appended', () => {
  const raw = [
    'X-Forwarded-For',
    '1.1.1.1',
    'X-Forwarded-For',
    '2.2.2.2',
    'X-Forwarded-Proto',
    'HTTP',
    'X-Forwarded-Host',
    'front',
    'X-Forwarded-Port',
    '8080',
  ]
  const headers = onward(raw, '::ffff:10.0.0.2')
  assert.equal(valueOf(headers, 'x-forwarded-for'), '1.1.1.1, 2.2.2.2, ::ffff:10.0.0.2')
  assert.equal(valueOf(headers, 'x-forwarded-proto'), 'http')
  assert.equal(valueOf(headers, 'x-forwarded-host'), 'front')
  assert.equal(valueOf(headers, 'x-forwarded-port'), '8080')
  assert.equal(
    valueOf(onward(['X-Forwarded-Proto', 'javascript'], '127.0.0.1'), 'x-forwarded-proto'),
    'https',
  )
})

test('private networks are told from the rest', () => {
  const inside = [
    '127.0.0.1',
    '::1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.0.1',
    '192.168.0.1',
    '169.254.1.1',
    'fd00::1',
    'fe80::1',
    '::ffff:127.0.0.1',
  ]
  const outside = [
    '8.8.8.8',
    '172.32.0.1',
    '172.15.0.1',
    '192.169.0.1',
    '100.64.0.1',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    '',
    'fec::1',
  ]
  assert.deepEqual(
    inside.filter((address) => !isPrivate(address)),
    [],
  )
  assert.deepEqual(outside.filter(isPrivate), [])
})

test('hop-by-hop headers and those named in Connection stay behind, all others keep case, order and number', () => {
  const raw = [
    'Connection',
    'keep-alive, X-Private',
    'connection',
    'content-length',
    'Keep-Alive',
    'timeout=5',
    'X-Private',
    '1',
    'TE',
    'trailers',
    'Upgrade',
    'h2c',
    'HTTP2-Settings',
    'x',
    'Expect',
    '100-continue',
    'Proxy-Authorization',
    'x',
    'Transfer-Encoding',
    'chunked',
    'X-CaSe',
    'a',
    'x-case',
    'b',
    'Content-Length',
    '3',
  ]
  assert.deepEqual(onward(raw).slice(2, -6), ['X-CaSe', 'a', 'x-case', 'b', 'Content-Length', '3'])
})

test('naming our own headers in Connection does not take them away', () => {
  const headers = onward(['Connection', 'X-Forwarded-For, Host, close', 'X-Forwarded-For', '1.1.1.1'])
  assert.equal(valueOf(headers, 'x-forwarded-for'), '203.0.113.9')
  assert.equal(valueOf(headers, 'host'), 'shop.qaack.example')
})

test('answers are kept out of search engines and marked while stale, whatever the service says', () => {
  const raw = [
    'X-Robots-Tag',
    'all',
    'X-Qaack-Stale',
    'false',
    'x-qaack-state',
    'built',
    'Set-Cookie',
    'a',
    'Set-Cookie',
    'b',
    'Transfer-Encoding',
    'chunked',
    'Trailer',
    'X-Sum',
  ]
  assert.deepEqual(responseHeaders(raw, { stale: 'abc', trailers: false }), [
    'Set-Cookie',
    'a',
    'Set-Cookie',
    'b',
    'X-Robots-Tag',
    'noindex, nofollow',
    'x-qaack-stale',
    'abc',
  ])
  assert.deepEqual(responseHeaders(['Trailer', 'X-Sum'], { stale: null, trailers: true }), [
    'Trailer',
    'X-Sum',
    'X-Robots-Tag',
    'noindex, nofollow',
  ])
})

test('no request smuggles a header about the client or between neighbours past us', () => {
  const header = fc.tuple(
    fc.constantFrom(
      'Connection',
      'X-Forwarded-For',
      'x-forwarded-prefix',
      'Forwarded',
      'Keep-Alive',
      'TE',
      'Upgrade',
      'Host',
      'Accept',
    ),
    fc.constantFrom('a', 'close', 'Accept', 'keep-alive', 'X-Forwarded-For', 'host, te'),
  )
  fc.assert(
    fc.property(fc.array(header), (headers) => {
      const names = onward(headers.flat()).filter((_, index) => index % 2 === 0)
      const allowed = ['Host', 'Accept', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto']
      assert.deepEqual(
        names.filter((each) => !allowed.includes(each)),
        [],
      )
      for (const once of allowed.filter((each) => each !== 'Accept'))
        assert.equal(names.filter((each) => each === once).length, 1)
    }),
  )
})

test('several Host headers become something that is no host', () => {
  assert.equal(hostHeader(['HOST', 'a', 'Accept', 'b']), 'a')
  assert.equal(hostHeader(['Host', 'a', 'host', 'a']), 'a,a')
  assert.equal(hostHeader(['Most', 'a']), undefined)
})
