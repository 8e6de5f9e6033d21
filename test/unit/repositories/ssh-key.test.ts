import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { makeKeyPair, sshFiles } from '../../../src/repositories/ssh-key.ts'
import { seal } from '../../../src/secrets.ts'

const secretKey = 'a-secret-key-of-the-tests-0123456789'
const withoutSsh = spawnSync('ssh-keygen', ['-?']).error ? 'ssh-keygen is not on this machine' : false

test('a pair has 4096 bits, and both halves belong together', async () => {
  const pair = await makeKeyPair('qaack-shop')
  const { asymmetricKeyDetails } = createPublicKey(pair.private)
  assert.equal(asymmetricKeyDetails?.modulusLength, 4096)
  assert.match(pair.private, /^-----BEGIN RSA PRIVATE KEY-----\n[^-]+-----END RSA PRIVATE KEY-----\n$/)
  assert.match(pair.public, /^ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAACAQ[A-Za-z0-9+/]+=* qaack-shop$/)
  const [, blob = ''] = pair.public.split(' ')
  const { n = '' } = createPublicKey(pair.private).export({ format: 'jwk' })
  assert.deepEqual(Buffer.from(blob, 'base64').subarray(-512), Buffer.from(n, 'base64url'))
})

test('ssh reads both halves as one pair', { skip: withoutSsh }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'qaack-ssh-'))
  try {
    const pair = await makeKeyPair('qaack-shop', 2048)
    const file = join(dir, 'id_rsa')
    writeFileSync(file, pair.private)
    chmodSync(file, 0o600)
    writeFileSync(`${file}.pub`, `${pair.public}\n`)
    const derived = execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' })
    assert.deepEqual(derived.trim().split(' ').slice(0, 2), pair.public.split(' ').slice(0, 2))
    assert.match(
      execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' }),
      /^2048 SHA256:/,
    )
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('a service finds it at the documented places, what is private for root alone and kept apart', () => {
  const sshKey = { public: 'ssh-rsa AAAA qaack-shop', private: seal(secretKey, 'PEM\n') }
  assert.deepEqual(sshFiles(secretKey, { sshKey }), [
    { path: '/root/.ssh/id_rsa', content: 'PEM\n', mode: 0o600, secret: true },
    { path: '/root/.ssh/id_rsa.pub', content: 'ssh-rsa AAAA qaack-shop\n', mode: 0o644 },
    { path: '/root/.ssh/config', content: 'StrictHostKeyChecking no\n', mode: 0o600 },
  ])
  assert.deepEqual(sshFiles(secretKey, { sshKey: null }), [])
})
