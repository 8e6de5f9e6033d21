import assert from 'node:assert/strict'
import test from 'node:test'
import { nothingLeft, run } from './demo.ts'

test('the demo proves itself, takes everything away and ends with 0', { timeout: 300_000 }, () => {
  const { status, stdout, all, left } = run('--once')
  assert.equal(status, 0, all)
  assert.match(stdout, /products from PostgreSQL/)
  assert.match(stdout, nothingLeft)
  assert.deepEqual(left, [])
})

test('the demo refuses a word that it does not know', () => {
  const { status, all } = run('--twice')
  assert.equal(status, 2)
  assert.match(all, /knows no --twice; it takes --once.*--github/)
})
