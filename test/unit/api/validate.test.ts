import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { validatorCompiler } from '../../../src/api/validate.ts'
import { QaackError } from '../../../src/errors.ts'

const schema = z.strictObject({
  name: z.string().min(1),
  count: z.int().min(0).max(9).optional(),
  mode: z.enum(['one', 'two']).optional(),
  deep: z.strictObject({ list: z.array(z.string()) }).optional(),
})

function faultOf(data: unknown, httpPart = 'body'): QaackError {
  const result = validatorCompiler({ schema, method: 'POST', url: '/', httpPart })(data) as {
    error?: unknown
  }
  assert.ok(result.error instanceof QaackError)
  return result.error
}

test('all that is wrong is told at once, and the path is that of the first', () => {
  const { message, path, code } = faultOf({ name: '', count: 1.5, mode: 'three', deep: { list: ['a', 1] } })
  assert.equal(code, 'invalid')
  assert.equal(path, 'name')
  assert.equal(
    message,
    'name must not be empty; count must be a whole number; mode must be one or two; deep.list.1 must be text',
  )
})

test('a missing field is called missing', () => {
  assert.equal(faultOf({}).message, 'name is missing')
})

test('an unknown field is refused with the one that was meant', () => {
  const { message, path } = faultOf({ name: 'a', deep: { lst: [], list: [] } })
  assert.equal(message, 'deep has no field lst; did you mean list?')
  assert.equal(path, 'deep.lst')
  assert.match(
    faultOf({ name: 'a', zzzzzz: 1 }).message,
    /^the body has no field zzzzzz; known: name, count, mode, deep$/,
  )
})

test('a body that is no object is called so, and the query is not called body', () => {
  assert.equal(faultOf(null).message, 'the body must be a JSON object')
  assert.match(faultOf({ name: 'a', x: 1 }, 'querystring').message, /^the query has no field x/)
})

test('whatever comes, the answer is short and names a path', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const data: unknown = JSON.parse(text)
      if (schema.safeParse(data).success) return
      const { message, path } = faultOf(data)
      assert.ok(message.length < 5_000)
      assert.equal(typeof path, 'string')
    }),
  )
  assert.ok(faultOf({ name: 'a', ['x'.repeat(100_000)]: 1 }).message.length < 500)
})
