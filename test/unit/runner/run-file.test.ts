import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { runFile } from '../../runner/run-file.ts'

describe('the runner of test files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'qaack-runner-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const run = (name: string, text: string) => {
    const file = path.join(folder, `${name}.test.mjs`)
    writeFileSync(file, `import { test, describe } from 'node:test'\n${text}`)
    return runFile(file)
  }

  test('counts what passed, failed and was skipped, and no suite', async () => {
    const result = await run(
      'mixed',
      `describe('all', () => {
        test('passes', () => {})
        test('fails', () => { throw new Error('outer', { cause: new Error('inner') }) })
        test('skipped', { skip: 'why' }, () => {})
      })`,
    )
    assert.deepEqual({ passed: result.passed, skipped: result.skipped }, { passed: 1, skipped: 1 })
    assert.equal(result.failures.length, 1)
    assert.match(result.failures[0]?.text ?? '', /outer[\s\S]*caused by: Error: inner/)
  })

  test('takes a file that ends in the middle for failed, even with exit code 0', async () => {
    const result = await run('ends', `test('a', () => {})\ntest('b', async () => { process.exit(0) })`)
    assert.match(result.failures.map(({ text }) => text).join(), /did not run to its end/)
  })

  test('names what had begun in a file that was killed', async () => {
    const result = await run(
      'killed',
      `import { existsSync, readFileSync } from 'node:fs'
      import { setImmediate as turn } from 'node:timers/promises'
      const report = process.execArgv.map((word) => /^--test-reporter-destination=(.*)/.exec(word)?.[1]).find(Boolean)
      test('ends', () => {})
      test('hangs', async () => {
        while (!existsSync(report) || !readFileSync(report, 'utf8').includes('hangs')) await turn()
        process.kill(process.pid, 'SIGKILL')
      })`,
    )
    assert.deepEqual(
      result.failures.map(({ text }) => text),
      ['The file did not run to its end: it was ended by SIGKILL. Begun and not ended: hangs (line 6).'],
    )
  })

  test('takes a file that cannot be loaded for failed, and keeps its output', async () => {
    const result = await run('broken', `import './nothing.mjs'`)
    assert.equal(result.failures.length, 1)
    assert.match(result.output, /nothing\.mjs/)
  })

  test('takes a file without tests for failed', async () => {
    assert.equal((await run('empty', '')).failures.length, 1)
  })
})
