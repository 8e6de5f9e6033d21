import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBaseUrl } from '../../../src/config/base-url.ts'
import { faultOfPool } from '../../../src/config/network-pool.ts'

for (const [text, scheme, domain, port] of [
  ['http://qaack.localhost:3000', 'http', 'qaack.localhost', 3000],
  ['https://Previews.Example.org/', 'https', 'previews.example.org', null],
  ['https://previews.example.org:443', 'https', 'previews.example.org', null],
  ['http://previews.example.org.:8080', 'http', 'previews.example.org', 8080],
] as const) {
  test(`the base address ${text} is taken apart`, () => {
    assert.deepEqual(parseBaseUrl(text), { scheme, domain, port })
  })
}

for (const [text, words] of [
  ['previews.example.org', /with http or https/],
  ['ftp://x', /with http or https/],
  ['http://', /with http or https/],
  ['https://u:p@x', /no user and password/],
  ['https://x/preview', /nothing after the host and port, such as https:\/\/x$/],
  ['https://x:81?a=1', /such as https:\/\/x:81$/],
  ['https://x/#a', /nothing after/],
  ['http://127.0.0.1:3000', /a name and not an IP address/],
  ['http://[::1]:3000', /a name and not an IP address/],
] as const) {
  test(`the base address ${text} must ${words.source}`, () => {
    const parsed = parseBaseUrl(text)
    assert.ok('must' in parsed)
    assert.match(parsed.must, words)
  })
}

test('private networks from /8 to /26 are pools', () => {
  for (const pool of [
    '10.0.0.0/8',
    '10.213.0.0/16',
    '172.16.0.0/12',
    '172.31.255.192/26',
    '192.168.0.0/16',
  ]) {
    assert.equal(faultOfPool(pool), undefined, pool)
  }
})

for (const [pool, words] of [
  ['10.0.0.0', /be a private IPv4 network such as/],
  ['10.0.0/16', /be a private IPv4 network/],
  ['10.0.0.0/16/1', /be a private IPv4 network/],
  ['fd00::/16', /be a private IPv4 network/],
  ['10.0.0.0/27', /from \/8 to \/26/],
  ['10.0.0.0/7', /from \/8 to \/26/],
  ['8.8.0.0/16', /lie within/],
  ['172.16.0.0/11', /lie within/],
  ['192.0.0.0/8', /lie within/],
  ['172.32.0.0/16', /lie within/],
  ['10.213.5.0/16', /begin at its first address: 10\.213\.0\.0\/16/],
] as const) {
  test(`the pool ${pool} must ${words.source}`, () => {
    assert.match(faultOfPool(pool) ?? '', words)
  })
}
