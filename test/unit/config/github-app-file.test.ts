import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  appFile,
  describeSavedApp,
  forgetApp,
  readSavedApp,
  saveApp,
  trySaving,
} from '../../../src/config/github-app-file.ts'
import { isQaackError } from '../../../src/errors.ts'

const key = 'the secret key of the tests'
const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString()
const facts = {
  appId: 7,
  slug: 'qaack-acme',
  name: 'Qaack acme',
  url: 'https://github.com/apps/qaack-acme',
  owner: 'acme',
  gheHost: null,
  gheProtocol: 'https' as const,
}
const app = { ...facts, privateKey, webhookSecret: 'the hook secret' }

function folder() {
  const dir = mkdtempSync(join(tmpdir(), 'qaack-app-'))
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
}

test('no app is saved at first', () => {
  using given = folder()
  assert.equal(readSavedApp(given.dir, key), null)
  assert.equal(describeSavedApp(given.dir), null)
  assert.equal(readSavedApp(join(given.dir, 'not', 'there'), key), null)
})

test('what is saved is read again, sealed, and for its owner only', async () => {
  using given = folder()
  await saveApp(given.dir, key, { ...app, appId: 6 })
  await saveApp(given.dir, key, app)
  assert.deepEqual(readSavedApp(given.dir, key), {
    appId: 7,
    privateKey,
    webhookSecret: 'the hook secret',
    gheHost: null,
    gheProtocol: 'https',
  })
  assert.deepEqual(describeSavedApp(given.dir), facts)
  const text = readFileSync(appFile(given.dir), 'utf8')
  assert.doesNotMatch(text, /the hook secret|BEGIN/)
  assert.equal(statSync(appFile(given.dir)).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(given.dir), ['github-app.json'])
})

test('trying to save leaves nothing', async () => {
  using given = folder()
  await trySaving(given.dir)
  assert.deepEqual(readdirSync(given.dir), [])
})

test('a forgotten app is gone, also when it is forgotten twice', async () => {
  using given = folder()
  await saveApp(given.dir, key, app)
  await forgetApp(given.dir)
  await forgetApp(given.dir)
  assert.equal(readSavedApp(given.dir, key), null)
})

test('a damaged file, one for all eyes, and one of another key are refused with what to do', async () => {
  using given = folder()
  await saveApp(given.dir, key, app)
  const whole = readFileSync(appFile(given.dir), 'utf8')
  const refused = (secretKey: string, message: RegExp) =>
    assert.throws(
      () => readSavedApp(given.dir, secretKey),
      (error) => isQaackError(error, 'invalid_config') && message.test(error.message),
    )
  refused('another key', /saved with another secret_key.*connect GitHub again/)
  for (const text of [
    '',
    'null',
    '{}',
    whole.slice(0, 100),
    whole.replace('"version": 1', '"version": 2'),
    whole.replace('https://github', 'javascript:github'),
  ]) {
    writeFileSync(appFile(given.dir), text)
    refused(key, /github-app\.json is damaged; .*connect GitHub again/)
  }
  writeFileSync(appFile(given.dir), whole.replace(/"webhookSecret": "v1\.(...)/, '"webhookSecret": "v1.AAA'))
  refused(key, /damaged/)
  writeFileSync(appFile(given.dir), whole)
  chmodSync(appFile(given.dir), 0o640)
  refused(key, /mode 640.*chmod 600/)
})

test('a folder that cannot be written is told before and while saving, and no draft stays', async () => {
  using given = folder()
  const file = join(given.dir, 'file')
  writeFileSync(file, '')
  const inTheWay = (error: unknown) =>
    isQaackError(error, 'invalid_config') && /cannot be written .*data_dir/.test(error.message)
  await assert.rejects(trySaving(file), inTheWay)
  await assert.rejects(saveApp(join(file, 'below'), key, app), inTheWay)
  assert.deepEqual(readdirSync(given.dir), ['file'])
})
