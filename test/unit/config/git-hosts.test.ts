import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { githubConfig, gitlabConfig } from '../../../src/config/git-hosts.ts'
import type { Values } from '../../../src/config/schema.ts'

const { privateKey: pem } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const whole: Values = { 'github.app_id': 7, 'github.private_key': pem, 'github.webhook_secret': 'hook' }
const withoutKey: Values = { 'github.app_id': 7, 'github.webhook_secret': 'hook' }

function noFile(): string {
  throw new Error('ENOENT: no such file')
}

test('without any of its settings a host is off', () => {
  assert.deepEqual(githubConfig({ port: 1 }, noFile), { config: null, faults: [] })
  assert.deepEqual(gitlabConfig({ port: 1 }), { config: null, faults: [] })
})

test('GitHub is on with all that it needs', () => {
  const { config, faults } = githubConfig(whole, noFile)
  assert.deepEqual(faults, [])
  assert.deepEqual(config, {
    appId: 7,
    privateKey: pem,
    webhookSecret: 'hook',
    gheHost: null,
    gheProtocol: 'https',
  })
})

test('the key may be one line, base64, or a file', () => {
  const oneLine = pem.replaceAll('\n', '\\n')
  for (const key of [
    oneLine,
    Buffer.from(pem).toString('base64'),
    Buffer.from(oneLine).toString('base64'),
    `\n${pem}\n`,
  ]) {
    assert.equal(githubConfig({ ...whole, 'github.private_key': key }, noFile).config?.privateKey, pem)
  }
  const asked: string[] = []
  const read = (path: string) => (asked.push(path), pem)
  assert.equal(
    githubConfig({ ...withoutKey, 'github.private_key_path': 'app.pem' }, read).config?.privateKey,
    pem,
  )
  assert.deepEqual(asked, ['app.pem'])
})

test('each setting that GitHub lacks is named, with its variable', () => {
  const { config, faults } = githubConfig({ 'github.ghe_host': 'ghe.example' }, noFile)
  assert.equal(config, null)
  assert.equal(faults.length, 3)
  assert.match(
    faults.join('\n'),
    /also needs github\.app_id \(APP_ID\), since github\.ghe_host \(GHE_HOST\) is set/,
  )
  assert.match(
    faults.join('\n'),
    /github\.private_key \(PRIVATE_KEY\) or github\.private_key_path \(PRIVATE_KEY_PATH\)/,
  )
})

test('a key that is none, is not there, or comes twice is told, and not shown', () => {
  const faults = (values: Values) => githubConfig({ ...whole, ...values }, noFile).faults.join()
  assert.match(faults({ 'github.private_key': 'hidden' }), /PRIVATE_KEY\) must be a private key in PEM form/)
  assert.doesNotMatch(faults({ 'github.private_key': 'hidden' }), /hidden/)
  assert.match(faults({ 'github.private_key_path': 'x' }), /are both set; set one of them/)
  assert.match(
    githubConfig({ ...withoutKey, 'github.private_key_path': 'x' }, noFile).faults.join(),
    /cannot be read: ENOENT/,
  )
})

test('GitLab needs its token alone; its address is gitlab.com, and a secret is for hooks made by hand', () => {
  const url = 'https://gitlab.com'
  const given = (values: Values) => gitlabConfig(values).config
  assert.deepEqual(given({ 'gitlab.token': 't' }), { url, token: 't', webhookSecret: null, groups: [] })
  const whole: Values = { 'gitlab.token': 't', 'gitlab.webhook_secret': 's', 'gitlab.url': 'https://x' }
  assert.deepEqual(given(whole), { url: 'https://x', token: 't', webhookSecret: 's', groups: [] })
  for (const values of [{ 'gitlab.url': 'https://x' }, { 'gitlab.webhook_secret': 's' }]) {
    const { config, faults } = gitlabConfig(values)
    assert.equal(config, null)
    assert.deepEqual(faults.length, 1)
    assert.match(faults[0] ?? '', /^GitLab also needs gitlab\.token \(GITLAB_TOKEN\), since gitlab\./)
  }
})
