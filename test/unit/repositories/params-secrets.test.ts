import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inClear, sealParams } from '../../../src/repositories/params-secrets.ts'
import { shop } from '../hosts/github/record.ts'

const key = 'a-secret-key-of-the-tests-0123456789'
const params = { origin: 'https://h/a.git', username: 'me', password: 'pass-word', token: 'to-ken' }

test('password and token are kept sealed, all else as it is', () => {
  const sealed = sealParams(key, params)
  assert.doesNotMatch(JSON.stringify(sealed), /pass-word|to-ken/)
  assert.deepEqual([sealed.origin, sealed.username], [params.origin, params.username])
  assert.deepEqual(inClear(key, { ...shop(), params: sealed }).params, params)
})

test('what is not there is not made up', () => {
  assert.deepEqual(sealParams(key, { origin: '/srv/a' }), { origin: '/srv/a' })
})
