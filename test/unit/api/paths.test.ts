import assert from 'node:assert/strict'
import test from 'node:test'
import { methodsOf, patternOf } from '../../../src/api/paths.ts'

const routes = [
  { method: 'GET', pattern: patternOf('/api/group/:id') },
  { method: 'POST', pattern: patternOf('/api/group/:id') },
  { method: 'GET', pattern: patternOf('/api/openapi.json') },
  { method: 'GET', pattern: patternOf('/') },
]

test('the methods of a path are those of its routes, sorted', () => {
  assert.deepEqual(methodsOf(routes, '/api/group/abc'), ['GET', 'POST'])
  assert.deepEqual(methodsOf(routes, '/'), ['GET'])
})

test('a path that only looks similar has none', () => {
  for (const path of [
    '/api/group',
    '/api/group/',
    '/api/group/a/b',
    '/api/openapiXjson',
    '/api/group/a/',
    '//',
  ]) {
    assert.deepEqual(methodsOf(routes, path), [], path)
  }
})
