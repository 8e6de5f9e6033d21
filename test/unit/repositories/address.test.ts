import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  isSamePlace,
  parseAddress,
  resolveAddress,
  withoutCredentials,
  type Address,
} from '../../../src/repositories/address.ts'

function addressOf(text: string): Address {
  const parsed = parseAddress(text)
  if ('fault' in parsed) throw new Error(parsed.fault)
  return parsed.address
}

const good: [string, Address][] = [
  [
    'https://git.example.com/a/b.git/',
    { kind: 'http', url: 'https://git.example.com/a/b.git', origin: 'https://git.example.com' },
  ],
  ['http://h:8080/x', { kind: 'http', url: 'http://h:8080/x', origin: 'http://h:8080' }],
  ['ssh://git@h:2222/a.git', { kind: 'ssh', url: 'ssh://git@h:2222/a.git', origin: 'ssh://git@h:2222' }],
  [
    'git@github.com:owner/repo.git',
    { kind: 'ssh', url: 'git@github.com:owner/repo.git', origin: 'ssh://git@github.com' },
  ],
  ['/srv/git/../git/a.git/', { kind: 'local', url: '/srv/git/a.git', origin: '' }],
  ['file:///srv/a%20b', { kind: 'local', url: '/srv/a b', origin: '' }],
]

for (const [text, address] of good) {
  test(`${text} is an address`, () => assert.deepEqual(addressOf(text), address))
}

test('credentials come apart from an http address', () => {
  const parsed = parseAddress('https://me%40x:p%3Ass@h/a.git')
  assert.deepEqual(parsed, {
    address: { kind: 'http', url: 'https://h/a.git', origin: 'https://h' },
    username: 'me@x',
    password: 'p:ss',
  })
})

const bad = [
  '',
  'relative/path',
  '--upload-pack=touch /tmp/x',
  '-oProxyCommand=x@host:path',
  'git@-oProxyCommand=x:path',
  'git@host:-path',
  'ssh://-oProxyCommand=x/path',
  'ssh://user:pass@host/path',
  'ext::sh -c whoami',
  'git://host/path',
  'ftp://host/path',
  'fd::17',
  'https://h/a\nb',
  'https://',
]

for (const text of bad) {
  test(`${JSON.stringify(text)} is refused with a sentence`, () => {
    const parsed = parseAddress(text)
    assert.ok('fault' in parsed)
    assert.match(parsed.fault, /give|remove|use/)
  })
}

test('a refusal does not repeat a password', () => {
  const parsed = parseAddress('gopher://me:secret@host/x')
  assert.ok('fault' in parsed)
  assert.doesNotMatch(parsed.fault, /secret/)
  assert.equal(withoutCredentials('fatal: https://me:secret@h/x failed'), 'fatal: https://h/x failed')
})

const relative: [string, string, string][] = [
  ['https://h/group/a.git', '../b.git', 'https://h/group/b.git'],
  ['https://h/group/a.git', './sub', 'https://h/group/a.git/sub'],
  ['https://h/a', '../../../../b', 'https://h/b'],
  ['git@h:group/a.git', '../b.git', 'git@h:group/b.git'],
  ['git@h:/abs/a.git', '../b.git', 'git@h:/abs/b.git'],
  ['git@h:a', '../../b', 'git@h:b'],
  ['ssh://git@h:22/x/a', '../b', 'ssh://git@h:22/x/b'],
  ['/srv/a', '../b', '/srv/b'],
  ['/srv/a', '/srv/other', '/srv/other'],
  ['https://h/a', 'https://other/b', 'https://other/b'],
]

for (const [parent, text, url] of relative) {
  test(`${text} in ${parent} is ${url}`, () => {
    const resolved = resolveAddress(addressOf(parent), text)
    assert.ok(!('fault' in resolved))
    assert.equal(resolved.url, url)
  })
}

for (const text of ['/etc', 'file:///etc', 'ext::x', '-x']) {
  test(`${text} inside a repository from elsewhere is refused`, () => {
    assert.ok('fault' in resolveAddress(addressOf('https://h/a'), text))
  })
}

const places: [string, string, boolean][] = [
  ['https://h/acme/shop.git', 'http://h/Acme/Shop/', true],
  ['https://h/acme/shop.git', 'git@h:acme/shop', true],
  ['https://h/acme/shop.git', 'git@h:/acme/shop.git', true],
  ['https://h/acme/shop.git', 'ssh://git@H:2222/acme/shop.git', true],
  ['https://h:8443/acme/shop.git', 'git@h:acme/shop.git', true],
  ['ssh://git@h/acme/shop', 'me@h:acme/shop', true],
  ['ssh://git@h:22/acme/shop', 'me@h:acme/shop', true],
  ['ssh://git@h:2222/acme/shop', 'git@h:acme/shop', false],
  ['https://h/acme/shop', 'https://h:8443/acme/shop', false],
  ['https://h/acme/shop', 'https://other/acme/shop', false],
  ['https://h/acme/shop', 'https://h/acme/shop2', false],
  ['/srv/shop.git', '/srv/x/../shop/', true],
  ['/srv/shop', '/srv/Shop', false],
  ['https://h/acme/sh%6Fp', 'https://h/acme/shop', false],
  ['https://h/acme/x/..//shop', 'https://h/acme//shop.GIT//', true],
  ['https://h/acme/shop/x/..', 'https://h/acme/shop/', true],
  ['https://h/acme/a%20b', 'https://h/acme/a b', true],
  ['https://h/acme/shop?x', 'git@h:shop', false],
  ['/srv/shop', 'https://h/srv/shop', false],
  ['no address', 'no address', true],
]

for (const [one, other, same] of places) {
  test(`${one} and ${other} are ${same ? 'one place' : 'two places'}`, () => {
    assert.equal(isSamePlace(one, other), same)
    assert.equal(isSamePlace(other, one), same)
  })
}
