import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import test from 'node:test'
import { states } from '../../../src/environments/environment.ts'
import { contentSecurityPolicy, statePage } from '../../../src/proxy/state-page.ts'
import { fingerprint, type PageEnvironment, type PageFacts } from '../../../src/proxy/state-page-facts.ts'
import { words } from '../../../src/proxy/state-page-words.ts'
import { id, now } from './records.ts'

const custom = { title: 'Qaack', message: '' }

function facts(environment: Partial<PageEnvironment> = {}, page: Partial<PageFacts> = {}): PageFacts {
  return {
    state: 'building',
    reason: 'The build commands run.',
    environment: {
      id,
      state: 'building',
      repository: 'shop',
      ref: { type: 'branch', name: 'feature/cart', hash: '0123456789abcdef' },
      services: [
        { name: 'web', state: 'ready', url: `http://${id}.qaack.localhost` },
        { name: 'worker', state: 'running', url: null },
      ],
      expiresAt: now + 90 * 60_000,
      queuePosition: null,
      build: {
        id: 'build',
        number: 7,
        runningSince: now - 5_000,
        log: { lines: ['==> web.install', 'web | ok'], end: 42 },
      },
      ...environment,
    },
    ...page,
  }
}

test('shows repository, ref, commit, services, expiry and the end of the log', () => {
  const html = statePage(facts(), custom, now)
  for (const part of [
    '<title>Building · feature/cart · Qaack</title>',
    '<span>shop</span><span><strong>feature/cart</strong></span><span><code title="0123456789abcdef">0123456</code></span>',
    `<a href="http://${id}.qaack.localhost">web</a><small>ready</small>`,
    '<li>worker<small>running</small></li>',
    '>in 90 min</time>',
    '<h2>Build 7</h2>',
    '<span class="head">==&#62; web.install\n</span><span>web | ok\n</span>',
    'data-log="build:42"',
  ]) {
    assert.ok(html.includes(part), part)
  }
})

test('shows the place in the queue where it is known', () => {
  assert.match(
    statePage(facts({ queuePosition: 3 }, { state: 'queued' }), custom, now),
    /<dt>Place in the queue<\/dt><dd>3<\/dd>/,
  )
  assert.doesNotMatch(statePage(facts(), custom, now), /Place in the queue/)
})

test('shows a change by its number', () => {
  const html = statePage(facts({ ref: { type: 'change', name: '12', hash: 'a' } }), custom, now)
  assert.match(html, /<strong>change #12<\/strong>/)
})

test('every state has a page of less than 30 KB with its headline, its reason and nothing to load', () => {
  for (const state of [...states, 'unanswering', 'no-address', 'unknown'] as const) {
    const html = statePage({ state, reason: 'Because.', environment: null }, custom, now)
    assert.match(html, new RegExp(`<h1>${words[state].headline}</h1>`))
    assert.match(html, /<p class="reason">Because\.<\/p>/)
    assert.ok(html.length < 30_000)
    assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//)
  }
})

test('nothing from a repository, a log or the settings becomes markup', () => {
  const evil = `</pre><script>alert(1)</script>"'&`
  const html = statePage(
    facts(
      {
        repository: evil,
        ref: { type: 'branch', name: evil, hash: evil },
        services: [{ name: evil, state: 'ready', url: evil }],
        build: { id: 'b', number: 1, runningSince: null, log: { lines: [evil], end: 1 } },
      },
      { reason: evil },
    ),
    { title: evil, message: evil },
    now,
  )
  assert.equal(html.match(/<script>/g)?.length, 1)
  assert.doesNotMatch(html, /alert\(1\)<\/script>/)
  assert.doesNotMatch(html, /"'&/)
})

test('its one style and one script are those that the policy lets through', () => {
  const html = statePage(facts(), custom, now)
  const inline = [...html.matchAll(/<(style|script)>([\s\S]*?)<\/\1>/g)]
  assert.equal(inline.length, 2)
  for (const [, kind, text] of inline) {
    const hash = createHash('sha256')
      .update(text ?? '')
      .digest('base64')
    assert.ok(contentSecurityPolicy.includes(`${kind}-src 'sha256-${hash}'`))
  }
  assert.match(contentSecurityPolicy, /^default-src 'none';/)
  assert.doesNotMatch(contentSecurityPolicy, /unsafe/)
  assert.doesNotMatch(html, / (style|on[a-z]+)="/)
})

test('reloads slowly without scripts, but not where nothing will change', () => {
  assert.match(
    statePage(facts(), custom, now),
    /<noscript><meta http-equiv="refresh" content="20"><\/noscript>/,
  )
  assert.doesNotMatch(
    statePage({ state: 'unknown', reason: '', environment: null }, custom, now),
    /http-equiv/,
  )
})

test('the operator may name it and add a message', () => {
  const html = statePage(facts(), { title: 'ACME previews', message: 'Ask <#web>' }, now)
  assert.match(html, /<p class="brand">ACME previews<\/p>/)
  assert.match(html, /<p class="note">Ask &#60;#web&#62;<\/p>/)
})

test('the fingerprint changes with what is shown, not with the log and not with time', () => {
  const first = fingerprint(facts())
  const build = { id: 'build', number: 7, runningSince: now, log: { lines: ['more'], end: 99 } }
  assert.equal(fingerprint(facts({ build })), first)
  const others = [
    facts({ build: { ...build, id: 'next' } }),
    facts({ build: null }),
    facts({ queuePosition: 1 }),
    facts({ expiresAt: null }),
    facts({ services: [] }),
    facts({}, { state: 'failed' }),
    facts({}, { reason: 'other' }),
    facts({}, { environment: null }),
  ].map(fingerprint)
  assert.equal(new Set([first, ...others]).size, others.length + 1)
})
