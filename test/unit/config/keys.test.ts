import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ensureSecrets } from '../../../src/config/keys.ts'
import { isQaackError } from '../../../src/errors.ts'

const unset = { adminToken: null, secretKey: null }

test('the first start makes the secrets, for the owner only, and the next one finds them', async () => {
  const dataDir = join(newFolder(), 'data')
  const first = await ensureSecrets({ ...unset, dataDir })
  assert.deepEqual(await ensureSecrets({ ...unset, dataDir }), first)
  assert.match(first.adminToken, /^[\w-]{43}$/)
  assert.match(first.secretKey, /^[\w-]{43}$/)
  assert.notEqual(first.adminToken, first.secretKey)
  assert.match(first.instance, /^[a-z2-7]{10}$/)
  assert.deepEqual(readdirSync(dataDir).sort(), ['admin-token', 'instance', 'secret-key'])
  for (const name of readdirSync(dataDir)) assert.equal(statSync(join(dataDir, name)).mode & 0o777, 0o600)
  assert.equal(readFileSync(join(dataDir, 'admin-token'), 'utf8').trim(), first.adminToken)
})

test('what is set is taken, and no file is made of it', async () => {
  const dataDir = newFolder()
  const secrets = await ensureSecrets({ adminToken: 'token', secretKey: 'key', dataDir })
  assert.equal(secrets.adminToken, 'token')
  assert.equal(secrets.secretKey, 'key')
  assert.deepEqual(readdirSync(dataDir), ['instance'])
})

test('many first starts at once all get the same and leave nothing else', async () => {
  const dataDir = newFolder()
  const all = await Promise.all(Array.from({ length: 20 }, () => ensureSecrets({ ...unset, dataDir })))
  for (const one of all) assert.deepEqual(one, all[0])
  assert.equal(readdirSync(dataDir).length, 3)
})

for (const [content, title] of [
  ['', 'empty'],
  ['short\n', 'too short'],
  ['two words that are long enough\n', 'not one word'],
]) {
  test(`a file that is ${title} is refused with what to do, and kept`, async () => {
    const dataDir = newFolder()
    const path = join(dataDir, 'secret-key')
    writeFileSync(path, content ?? '', { mode: 0o600 })
    await assert.rejects(ensureSecrets({ ...unset, dataDir }), (error) => {
      assert.ok(isQaackError(error, 'invalid_config'))
      assert.match(error.message, /secret-key is damaged; restore a copy of it, or delete it/)
      return true
    })
    assert.equal(readFileSync(path, 'utf8'), content)
  })
}

test('a file that others may read is refused with the command that helps', async () => {
  const dataDir = newFolder()
  await ensureSecrets({ ...unset, dataDir })
  chmodSync(join(dataDir, 'admin-token'), 0o644)
  await assert.rejects(
    ensureSecrets({ ...unset, dataDir }),
    /used by others \(mode 644\); run chmod 600 .*admin-token/,
  )
})

test('a data directory that cannot be made is named with its cause', async () => {
  const dataDir = join(newFolder(), 'file', 'data')
  writeFileSync(join(dataDir, '..'), '')
  await assert.rejects(ensureSecrets({ ...unset, dataDir }), (error) => {
    assert.ok(isQaackError(error, 'invalid_config'))
    assert.match(error.message, /admin-token cannot be read or made .*check the permissions of data_dir/)
    assert.ok(error.cause instanceof Error)
    return true
  })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qaack-keys-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
