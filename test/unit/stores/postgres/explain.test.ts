import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isQaackError } from '../../../../src/errors.ts'
import { explainPostgres, nameOf } from '../../../../src/stores/postgres/explain.ts'

function told(code: string, message = 'original') {
  return explainPostgres(Object.assign(new Error(message), { code }), 'postgres://db/qaack')
}

test('unique values and transactions given up are told apart', () => {
  assert.equal(told('23505'), 'unique')
  assert.equal(told('40P01'), 'again')
  assert.equal(told('40001'), 'again')
})

test('a full disk of the server is a full disk', () => {
  assert.ok(isQaackError(told('53100'), 'disk_full'))
})

for (const [code, words] of [
  ['3D000', /does not exist; create it first/],
  ['28P01', /refuses the user or the password/],
  ['42501', /may not be written by this user/],
  ['57P01', /does not answer/],
  ['08006', /does not answer/],
  ['53300', /does not answer/],
  ['ECONNREFUSED', /does not answer/],
  ['ENOTFOUND', /does not answer/],
] as const) {
  test(`code ${code} says ${words.source}`, () => {
    const error = told(code)
    assert.ok(isQaackError(error, 'store_unavailable'))
    assert.match(error.message, words)
    assert.equal((error.cause as Error).message, 'original')
  })
}

test('the sentences of the driver without a code are known', () => {
  for (const message of [
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ]) {
    assert.ok(isQaackError(explainPostgres(new Error(message), 'name'), 'store_unavailable'))
  }
})

for (const [message, words] of [
  ['SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', /wants a password; database_url/],
  ['The server does not support SSL connections', /does not speak TLS; leave sslmode out/],
] as const) {
  test(`"${message}" says ${words.source}`, () => {
    const error = explainPostgres(new Error(message), 'postgres://db/qaack')
    assert.ok(isQaackError(error, 'store_unavailable'))
    assert.match(error.message, words)
  })
}

test('a certificate that is not trusted is called that', () => {
  for (const code of ['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']) {
    const error = told(code)
    assert.ok(isQaackError(error, 'store_unavailable'))
    assert.match(error.message, /certificate .* not trusted .*NODE_EXTRA_CA_CERTS/)
  }
})

test('the reason is found when several addresses were tried', () => {
  const error = Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1:5432')]), {
    code: 'ECONNREFUSED',
  })
  assert.match(String(explainPostgres(error, 'name')), /\(connect ECONNREFUSED ::1:5432\)/)
})

test('faults of ours are left alone', () => {
  assert.equal(told('42601'), undefined)
  assert.equal(explainPostgres(new TypeError('x'), 'name'), undefined)
})

test('the name of a database shows neither user nor password', () => {
  assert.equal(
    nameOf('postgres://user:secret@db.example:5433/qaack?sslmode=require'),
    'postgres://db.example:5433/qaack',
  )
  assert.equal(nameOf('nonsense'), 'postgres://…')
})
