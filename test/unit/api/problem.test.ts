import assert from 'node:assert/strict'
import test from 'node:test'
import { problemOf } from '../../../src/api/problem.ts'
import { catalogue, QaackError, type ErrorCode } from '../../../src/errors.ts'
import { Conflict } from '../../../src/stores/store.ts'

test('every error of the catalogue is answered with its status and its sentence', () => {
  for (const [code, { status }] of Object.entries(catalogue)) {
    const problem = problemOf(new QaackError(code as ErrorCode, 'what happened'), 'r1')
    assert.deepEqual(problem, { status, body: { error: 'what happened' }, ours: status >= 500 })
  }
})

test('the field that is wrong is named', () => {
  const { body } = problemOf(new QaackError('invalid', 'name is missing', { path: 'name' }), 'r1')
  assert.deepEqual(body, { error: 'name is missing', path: 'name' })
})

test('an error that is not meant to be shown tells nothing but where to look', () => {
  for (const error of [
    new Error('password=hunter2'),
    'text',
    undefined,
    null,
    { code: 7 },
    Object.assign(new Error('x'), { statusCode: 500 }),
  ]) {
    const { status, body, ours } = problemOf(error, 'req-7')
    assert.equal(status, 500)
    assert.equal(ours, true)
    assert.match(body.error, /req-7/)
    assert.doesNotMatch(body.error, /hunter2/)
  }
})

test('errors of the framework become ours', () => {
  const of = (code: string, statusCode: number) =>
    problemOf(Object.assign(new Error('what'), { code, statusCode }), 'r').status
  assert.equal(of('FST_ERR_CTP_BODY_TOO_LARGE', 413), 413)
  assert.equal(of('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415), 415)
  assert.equal(of('FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400), 422)
})

test('a conflict of the store asks to try again', () => {
  const { status, body } = problemOf(new Conflict('group', 'version 3 is gone'), 'r')
  assert.equal(status, 409)
  assert.match(body.error, /try again/)
})
