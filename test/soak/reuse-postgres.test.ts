import assert from 'node:assert/strict'
import test from 'node:test'
import { rowsAgain } from '../e2e/reuse-postgres.ts'

test(
  'a PostgreSQL image that declares a volume is filled anew when an input of the step that filled it has changed',
  { timeout: 300_000 },
  () =>
    rowsAgain(async (first, push, rows) => {
      await push({ 'seed.txt': 'two' })
      assert.notEqual(await rows(), first)
    }),
)
