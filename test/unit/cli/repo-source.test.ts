import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sourceOf, type AddOptions } from '../../../src/cli/repo-source.ts'

const given = (name: string | undefined, origin: string | undefined, more: Partial<AddOptions> = {}) => {
  const source = sourceOf(name, origin, { group: 'default', ...more })
  return { ...source, params: source.params('/home/ada') }
}

test('a project at GitLab is known by its path or its address, and is called as it is there', () => {
  const cases: [string, Record<string, string>][] = [
    ['acme/shop', { group: 'acme', project: 'shop' }],
    ['acme/web/shop', { group: 'acme/web', project: 'shop' }],
    [
      'https://gitlab.com/acme/shop.git',
      { instanceUrl: 'https://gitlab.com', group: 'acme', project: 'shop' },
    ],
    [
      'http://git.example.org:8080/acme/web/shop/',
      { instanceUrl: 'http://git.example.org:8080', group: 'acme/web', project: 'shop' },
    ],
  ]
  for (const [gitlab, params] of cases) {
    const { name, type, secret, params: read } = given(undefined, undefined, { gitlab })
    assert.deepEqual([name, type, secret, read], ['shop', 'gitlab', 'token', params])
  }
  const below = { gitlab: 'acme/shop', instanceUrl: 'https://example.org/gitlab' }
  assert.deepEqual(given('mine', undefined, below).params, {
    instanceUrl: 'https://example.org/gitlab',
    group: 'acme',
    project: 'shop',
  })
  assert.equal(given('mine', undefined, below).name, 'mine')
})

test('a repository at GitHub, and one anywhere', () => {
  const github = given('shop', 'https://github.com/acme/shop.git', { github: true })
  assert.deepEqual([github.type, github.params], ['github', { owner: 'acme', repo: 'shop' }])
  const plain = given('shop', './shop', { username: 'ci' })
  assert.deepEqual([plain.type, plain.secret], ['generic', 'password'])
  assert.deepEqual(plain.params, { origin: '/home/ada/shop', username: 'ci' })
})

test('what does not go together is refused with what would', () => {
  const cases: [RegExp, string | undefined, string | undefined, Partial<AddOptions>][] = [
    [/qaack repo add NAME ORIGIN/, undefined, undefined, {}],
    [/qaack repo add NAME ORIGIN/, 'shop', undefined, {}],
    [/qaack repo add NAME ORIGIN/, 'shop', undefined, { github: true }],
    [/there is no origin/, 'shop', 'https://gitlab.com/acme/shop', { gitlab: 'acme/shop' }],
    [/exclude one another/, undefined, undefined, { gitlab: 'acme/shop', github: true }],
    [/exclude one another/, undefined, undefined, { gitlab: 'acme/shop', token: 't', passwordStdin: true }],
    [/takes group\/name/, undefined, undefined, { gitlab: 'shop' }],
    [/takes group\/name/, undefined, undefined, { gitlab: 'git@gitlab.com:acme/shop.git' }],
    [/not both/, undefined, undefined, { gitlab: 'https://x.org/a/b', instanceUrl: 'https://y.org' }],
    [/--username is not for/, undefined, undefined, { gitlab: 'acme/shop', username: 'ada' }],
    [/--instance-url is for --gitlab/, 'shop', 'acme/shop', { github: true, instanceUrl: 'https://x' }],
    [/--token is for/, 'shop', 'https://x.org/shop.git', { token: 't' }],
    [/owner\/name/, 'shop', 'shop', { github: true }],
  ]
  for (const [message, name, origin, options] of cases)
    assert.throws(() => given(name, origin, options), message, String(message))
})
