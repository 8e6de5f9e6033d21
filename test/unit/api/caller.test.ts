import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { hashToken, isOwnPage, sameHash, tokenOf } from '../../../src/api/caller.ts'

test('the header counts before the cookie, and alone when both are there', () => {
  assert.deepEqual(tokenOf({ 'x-qaack-token': ' one ', cookie: 'token=two' }), {
    token: 'one',
    byCookie: false,
  })
  assert.deepEqual(tokenOf({ cookie: 'a=b; token=two; c=d' }), { token: 'two', byCookie: true })
  assert.deepEqual(tokenOf({ 'x-qaack-token': '', cookie: 'token="two"' }), { token: 'two', byCookie: true })
})

test('without a token there is none', () => {
  for (const headers of [
    {},
    { cookie: '' },
    { cookie: 'token=' },
    { cookie: 'mytoken=x; tokens=y; token' },
  ]) {
    assert.equal(tokenOf(headers), undefined)
  }
})

test('any cookie header is read without an error', () => {
  fc.assert(
    fc.property(fc.string(), (cookie) => {
      const found = tokenOf({ cookie })
      assert.ok(found === undefined || found.byCookie)
    }),
  )
})

test('two hashes are the same only for the same token', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      (one, other) => sameHash(hashToken(one), hashToken(other)) === (one === other),
    ),
  )
  assert.equal(sameHash('short', 'longer than that'), false)
})

const own = ['http://qaack.localhost:3000', 'http://panel.qaack.localhost:3000']

test('a write with a cookie is taken from our own pages and from programs', () => {
  for (const origin of own) assert.equal(isOwnPage({ origin }, own), true)
  assert.equal(isOwnPage({ origin: 'https://127.0.0.1:3000', host: '127.0.0.1:3000' }, own), true)
  assert.equal(isOwnPage({ 'sec-fetch-site': 'same-origin' }, own), true)
  assert.equal(isOwnPage({ 'sec-fetch-site': 'none' }, own), true)
  assert.equal(isOwnPage({}, own), true)
})

test('a write with a cookie is not taken from other sites, nor from a preview on the same base domain', () => {
  const host = 'qaack.localhost:3000'
  for (const origin of [
    'http://evil.example',
    'null',
    'http://abcdefghij.qaack.localhost:3000',
    'http://qaack.localhost:3001',
    'nonsense',
  ]) {
    assert.equal(isOwnPage({ origin, host, 'sec-fetch-site': 'same-origin' }, own), false, origin)
  }
  assert.equal(isOwnPage({ host, 'sec-fetch-site': 'same-site' }, own), false)
  assert.equal(isOwnPage({ host, 'sec-fetch-site': 'cross-site' }, own), false)
})
