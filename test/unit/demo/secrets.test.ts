import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secretAmong } from '../../../src/demo/changes/secrets.ts'

test('a secret among variables is found as it is, in base64, and by its looks', () => {
  const secrets = ['s3cr3t-of-the-server']
  assert.equal(secretAmong(['HOME=/root', 'QCK_ENVIRONMENT_ID=abc'], secrets), undefined)
  assert.equal(secretAmong(['A=1', 'TOKEN=x-s3cr3t-of-the-server'], secrets), 'TOKEN')
  const encoded = Buffer.from('s3cr3t-of-the-server').toString('base64')
  assert.equal(secretAmong([`HIDDEN=${encoded}`], secrets), 'HIDDEN')
  assert.equal(secretAmong(['CLONE=https://x-access-token:ghs_0123456789@github.com'], []), 'CLONE')
  assert.equal(secretAmong(['KEY=-----BEGIN RSA PRIVATE KEY-----'], []), 'KEY')
})
