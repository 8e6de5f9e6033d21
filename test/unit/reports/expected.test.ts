import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { reportOf } from '../../../src/reports/compose.ts'
import { scenarios } from './scenarios.ts'

const folder = join(import.meta.dirname, '../../fixtures/reports')

/** What is read on a change in each state, as files that can be read as they are. `UPDATE=1` writes them anew. */
describe('the report on a change', () => {
  for (const [name, facts] of Object.entries(scenarios)) {
    test(`in state ${name}`, () => {
      const { comment, check, ...rest } = reportOf(facts)
      const checkText = check && `${check.summary}\n\n---\n\n${check.text}\n`
      const others = { ...rest, check: check && { ...check, summary: undefined, text: undefined } }
      expectFile(`${name}.comment.md`, comment && `${comment.body}\n`)
      expectFile(`${name}.check.md`, checkText)
      expectFile(`${name}.json`, `${JSON.stringify(others, null, 2)}\n`)
    })
  }

  test('is expected for no state that is not tried', () => {
    const names = new Set(
      readdirSync(folder).map((file) => file.replace(/\.(comment\.md|check\.md|json)$/, '')),
    )
    assert.deepEqual([...names].sort(), Object.keys(scenarios).sort())
  })
})

/** null = there is no such file. */
function expectFile(name: string, actual: string | null): void {
  const file = join(folder, name)
  if (process.env['UPDATE'] === '1') {
    if (actual === null) rmSync(file, { force: true })
    else writeFileSync(file, actual)
  }
  assert.equal(actual, existsSync(file) ? readFileSync(file, 'utf8') : null)
}
