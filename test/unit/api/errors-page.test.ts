import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { catalogue } from '../../../src/errors.ts'

const page = readFileSync(new URL('../../../src/errors.md', import.meta.url), 'utf8')
const rows = [...page.matchAll(/^\| `(\w+)` +\| (\d+) +\| (.+?) +\|$/gm)].map(([, code, status, remedy]) => [
  code,
  { status: Number(status), remedy },
])

test('the manual lists every error with its status and remedy, and none that does not exist', () => {
  assert.deepEqual(Object.fromEntries(rows), catalogue)
  assert.equal(rows.length, Object.keys(catalogue).length)
})
