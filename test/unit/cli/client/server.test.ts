import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { loginPath, readLogin, writeLogin } from '../../../../src/cli/client/login-file.ts'
import { findServer, serverUrl } from '../../../../src/cli/client/server.ts'

let home: string

describe('the server that a command asks', () => {
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'qaack-cli-'))
  })
  afterEach(() => rmSync(home, { recursive: true }))

  function find(env: Record<string, string>) {
    return findServer({ env: { HOME: home, ...env }, cwd: home })
  }

  function keepAdminToken(dir: string) {
    mkdirSync(dir)
    writeFileSync(join(dir, 'admin-token'), 'from-the-file\n')
  }

  test('without any setting it is the server of this folder, with the token it made', () => {
    keepAdminToken(join(home, 'data'))
    assert.deepEqual(find({}), {
      url: 'http://127.0.0.1:3000',
      token: 'from-the-file',
      source: 'the default',
      tokenSource: join(home, 'data', 'admin-token'),
    })
  })

  test('the settings of this folder say where its server is, and the environment wins over its file', () => {
    keepAdminToken(join(home, 'elsewhere'))
    writeFileSync(join(home, 'qaackd.yaml'), 'port: 4100\ndata_dir: elsewhere\nnosuch: 1\n')
    const { url, token } = find({})
    assert.deepEqual([url, token], ['http://127.0.0.1:4100', 'from-the-file'])
    assert.equal(find({ QAACK_PORT: '4200' }).url, 'http://127.0.0.1:4200')
    assert.equal(find({ QAACK_DATA_DIR: 'nowhere' }).token, null)
    writeFileSync(join(home, 'qaackd.yaml'), '{ this is no YAML')
    assert.equal(find({}).url, 'http://127.0.0.1:3000')
  })

  test('an admin token of the settings is sent, to this machine only', () => {
    writeFileSync(join(home, 'qaackd.yaml'), 'admin_token: of-the-settings-file\n')
    assert.equal(find({}).token, 'of-the-settings-file')
    assert.equal(find({ QAACK_ADMIN_TOKEN: 'of-the-environment' }).token, 'of-the-environment')
    assert.equal(find({ QAACK_URL: 'https://set.example.org' }).token, null)
  })

  test('a port that is none is refused with what to correct', () => {
    for (const wrong of ['abc', '65536', '-1'])
      assert.throws(
        () => find({ QAACK_PORT: wrong }),
        /QAACK_PORT, or port in qaackd\.yaml, must be a whole number/,
      )
  })

  test('without a token file there is no token', () => {
    assert.equal(find({}).token, null)
  })

  test('the environment wins over what login kept', () => {
    writeLogin({ HOME: home }, { url: 'https://kept.example.org', token: 'kept' })
    const { url, token } = find({ QAACK_URL: 'https://set.example.org/', QAACK_TOKEN: 'set' })
    assert.deepEqual([url, token], ['https://set.example.org', 'set'])
  })

  test('a kept token is not sent to another server', () => {
    writeLogin({ HOME: home }, { url: 'https://kept.example.org', token: 'kept' })
    assert.equal(find({}).token, 'kept')
    assert.equal(find({ QAACK_URL: 'https://set.example.org' }).token, null)
  })

  test('the admin token of this folder is sent to this machine only', () => {
    keepAdminToken(join(home, 'elsewhere'))
    const env = { QAACK_DATA_DIR: 'elsewhere' }
    assert.equal(find({ ...env, QAACK_URL: 'http://qaack.localhost:3000' }).token, 'from-the-file')
    assert.equal(find({ ...env, QAACK_URL: 'http://127.0.0.1:4000' }).token, 'from-the-file')
    assert.equal(find({ ...env, QAACK_URL: 'http://qaack.example.org' }).token, null)
    assert.equal(find({ ...env, QAACK_URL: 'http://127.evil.example.org' }).token, null)
  })

  test('an address is scheme, host and port and nothing else', () => {
    assert.equal(serverUrl('https://Qaack.Example.org:443/', 'QAACK_URL'), 'https://qaack.example.org')
    for (const wrong of [
      'qaack.example.org',
      'ftp://a',
      'http://a/path',
      'http://u:p@a',
      'http://a?x=1',
      '',
    ]) {
      assert.throws(() => serverUrl(wrong, 'QAACK_URL'), /QAACK_URL must be an address like/, wrong)
    }
  })

  test('a login is kept where XDG says, readable by its owner only', () => {
    const env = { HOME: home, XDG_CONFIG_HOME: join(home, 'xdg') }
    const path = writeLogin(env, { url: 'http://a', token: 'first' })
    assert.equal(path, join(home, 'xdg', 'qaack', 'login.json'))
    assert.equal(statSync(path).mode & 0o777, 0o600)
    writeLogin(env, { url: 'http://a', token: 'second' })
    assert.deepEqual(readLogin(env), { url: 'http://a', token: 'second' })
  })

  test('a damaged login says what to do', () => {
    mkdirSync(join(home, '.config', 'qaack'), { recursive: true })
    writeFileSync(loginPath({ HOME: home }), '{"url": 1')
    assert.throws(() => find({}), /login\.json is damaged; delete it and run qaack login again/)
  })
})
