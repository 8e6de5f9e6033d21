import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html, Html } from '../../../src/api/html.ts'
import {
  apiOf,
  manifestOf,
  newAppPage,
  readAppFacts,
  siteOf,
  wishOf,
} from '../../../src/api/github-manifest.ts'

const base = { scheme: 'https', domain: 'previews.example.org', port: null } as const
const wish = (fields: Record<string, string>) => wishOf(new URLSearchParams(fields))

test('an app is asked for as app.yml says, with the addresses of this server', () => {
  const facts = readAppFacts()
  const manifest = manifestOf(facts, base, wish({}))
  assert.deepEqual(manifest.default_permissions, facts.default_permissions)
  assert.deepEqual(manifest.default_events, facts.default_events)
  assert.equal(manifest.public, false)
  assert.equal(manifest.redirect_url, 'https://previews.example.org/github/connected')
  assert.equal(manifest.hook_attributes.url, 'https://previews.example.org/api/github/webhooks')
  assert.equal(
    manifestOf(facts, base, wish({ relay: 'https://smee.io/x' })).hook_attributes.url,
    'https://smee.io/x',
  )
})

test('the name of an app is as long as GitHub takes it', () => {
  const facts = { ...readAppFacts(), name: 'Qaack' }
  const name = (domain: string) => manifestOf(facts, { ...base, domain }, wish({})).name
  assert.equal(name('previews.example.org'), 'Qaack previews.example.org')
  assert.equal(name(`${'a'.repeat(27)}.example.org`), `Qaack ${'a'.repeat(27)}`)
})

test('GitHub is where the form says', () => {
  const acme = wish({ organisation: ' acme ' })
  assert.equal(newAppPage(acme, 'a&b'), 'https://github.com/organizations/acme/settings/apps/new?state=a%26b')
  assert.equal(apiOf(acme), 'https://api.github.com')
  for (const same of ['https://github.com', 'http://www.github.com/', 'https://GitHub.com'])
    assert.equal(siteOf(wish({ github: same })), 'https://github.com')
  const own = wish({ github: 'https://ghe.example.org:8443/' })
  assert.equal(newAppPage(own, 's'), 'https://ghe.example.org:8443/settings/apps/new?state=s')
  assert.equal(apiOf(own), 'https://ghe.example.org:8443/api/v3')
})

test('HTML escapes what it is given unless it is HTML', () => {
  const evil = `<a href="x" title='y'>&`
  const escaped = '&#60;a href=&#34;x&#34; title=&#39;y&#39;&#62;&#38;'
  assert.equal(html`<p>${evil}</p>`.text, `<p>${escaped}</p>`)
  assert.equal(html`${html`<b>${evil}</b>`}${null}${7}`.text, `<b>${escaped}</b>7`)
  assert.equal(html`${[html`<i>a</i>`, new Html('<u>')]}`.text, '<i>a</i>\n<u>')
  assert.equal(html`${JSON.parse('{"text":"<b>"}') as string}`.text, '[object Object]')
})
