import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reachFromGithub, reachOf } from '../../../src/api/github-reach.ts'
import { parseBaseUrl } from '../../../src/config/base-url.ts'
import type { BaseUrl } from '../../../src/config/config.ts'
import { ManualClock } from '../../fakes/clock.ts'

function base(text: string): BaseUrl {
  const parsed = parseBaseUrl(text)
  if ('must' in parsed) throw new Error(parsed.must)
  return parsed
}

test('an address is reached as its name and its addresses tell', () => {
  for (const [address, addresses, kind] of [
    ['https://previews.example.org', ['93.184.215.14'], 'good'],
    ['https://previews.example.org', ['10.0.0.1', '2606:4700::1111'], 'good'],
    ['https://previews.example.org', [], 'good'],
    ['http://previews.example.org', ['93.184.215.14'], 'plain'],
    ['http://qaack.localhost:3000', [], 'local'],
    ['https://localhost', [], 'local'],
    ['https://previews.example.org', ['127.0.0.1', '::1'], 'local'],
    ['https://previews.example.org', ['127.0.0.1', '10.0.0.1'], 'private'],
    ['https://10.1.2.3.nip.io', ['10.1.2.3'], 'private'],
    ['https://a.example.org', ['172.16.0.1'], 'private'],
    ['https://a.example.org', ['172.32.0.1'], 'good'],
    ['https://a.example.org', ['192.168.1.1', 'fd00::1', 'fe80::1', '100.64.0.1', '169.254.1.1'], 'private'],
    ['https://previews', [], 'private'],
    ['https://previews.corp.internal', [], 'private'],
    ['https://mylocalhost.example.org', [], 'good'],
  ] as const) {
    const reach = reachOf(base(address), [...addresses])
    assert.equal(reach.kind, kind, `${address} ${addresses.join(' ')}`)
    assert.equal(reach.warning === null, kind === 'good')
  }
})

test('what is wrong is said with what to do', () => {
  assert.match(
    reachOf(base('https://a.example.org'), ['10.0.0.5']).warning ?? '',
    /a\.example\.org \(10\.0\.0\.5\) is known in your own network.*Set base_url \(QAACK_BASE_URL\).*relay/,
  )
  assert.match(reachOf(base('http://a.example.org'), []).warning ?? '', /TLS.*https:\/\/a\.example\.org\./)
})

test('a name server that fails or never answers holds up nobody', async () => {
  const clock = new ManualClock()
  const previews = base('https://previews.example.org')
  const failing = await reachFromGithub(previews, clock, () => Promise.reject(new Error('no such name')))
  assert.equal(failing.kind, 'good')
  const silent = reachFromGithub(previews, clock, () => new Promise(() => undefined))
  await clock.advance(2_000)
  assert.equal((await silent).kind, 'good')
  const inside = await reachFromGithub(previews, clock, () => Promise.resolve(['10.0.0.5']))
  assert.equal(inside.kind, 'private')
})
