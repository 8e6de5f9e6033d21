import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { runFiles, type FileResult } from '../../runner/run-file.ts'

/** For a test's text: resolves when the runner was told of a test. */
const untilReported = `import { existsSync, readFileSync } from 'node:fs'
const report = process.execArgv.map((word) => /^--test-reporter-destination=(.*)/.exec(word)?.[1]).find(Boolean)
async function untilReported(name) {
  while (!existsSync(report) || !readFileSync(report, 'utf8').includes(name)) await new Promise(setImmediate)
}`

describe('the runner of test files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'qaack-runner-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const put = (name: string, text: string) => {
    const file = path.join(folder, `${name}.test.mjs`)
    writeFileSync(file, `import { test, describe } from 'node:test'\n${text}`)
    return file
  }
  const run = async (name: string, text: string) => {
    const [result] = await runFiles([put(name, text)])
    return result as FileResult
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
      `${untilReported}
      test('ends', () => {})
      test('hangs', async () => {
        await untilReported('hangs')
        process.kill(process.pid, 'SIGKILL')
      })`,
    )
    assert.deepEqual(
      result.failures.map(({ text }) => text),
      ['The file did not run to its end: it was ended by SIGKILL. Begun and not ended: hangs (line 8).'],
    )
  })

  test('takes a file that cannot be loaded for failed, and tells why', async () => {
    const { failures } = await run('broken', `import './nothing.mjs'`)
    assert.equal(failures.length, 1)
    assert.match(failures[0]?.text ?? '', /Cannot find module.*nothing\.mjs/)
  })

  test('keeps the output', async () => {
    const { output } = await run('prints', `test('prints', () => console.log('out') ?? console.error('err'))`)
    assert.match(output, /out\nerr/)
  })

  test('takes a file without tests for failed', async () => {
    assert.equal((await run('empty', '')).failures.length, 1)
  })

  test('runs several in one process, and tells what became of each', async () => {
    const results = await runFiles([
      put('one', `test('passes', () => {})`),
      put('two', `test('fails', () => { throw new Error('of two') })`),
      put('none', ''),
      put('unloadable', `import './nothing.mjs'`),
    ])
    const told = results.map(({ passed, failures }) => [
      passed,
      failures.map(({ text }) => text.split('\n')[0]),
    ])
    assert.deepEqual(told.slice(0, 3), [
      [1, []],
      [0, ['Error: of two']],
      [0, ['The file has no test.']],
    ])
    assert.match(String(told[3]), /^0,Error.*Cannot find module.*nothing\.mjs/)
  })

  test('keeps what one of several has beside its tests from the others', async () => {
    const wrong = `() => { throw new Error('not mine') }`
    const results = await runFiles([
      put(
        'hooks',
        `import { before, beforeEach } from 'node:test'\nbefore(${wrong}); test('fails', () => {})`,
      ),
      put('each', `import { beforeEach } from 'node:test'\nbeforeEach(${wrong}); test('fails', () => {})`),
      put('plain', `test('passes', () => {})`),
    ])
    assert.deepEqual(
      results.map(({ passed, failures }) => [passed, failures.length > 0]),
      [
        [0, true],
        [0, true],
        [1, false],
      ],
    )
  })

  test('goes on after one of several that waits for what never comes', async () => {
    const results = await runFiles([
      put('waits', `test('hangs', { timeout: 50 }, () => new Promise(() => {}))`),
      put('next', `test('passes', () => {})`),
    ])
    assert.match(results[0]?.failures[0]?.text ?? '', /timed out after 50ms/)
    assert.equal(results[1]?.passed, 1)
  })

  test('blames the one of several in which something failed too late', async () => {
    const results = await runFiles([
      put('first', `test('passes', () => {})`),
      put(
        'late',
        `let fail
        test('passes', () => { new Promise((_, reject) => (fail = reject)) })
        test('goes on', () => new Promise((resolve) => { fail(new Error('late')); setImmediate(resolve) }))`,
      ),
    ])
    assert.deepEqual(
      results.map(({ passed }) => passed),
      [1, 2],
    )
    assert.deepEqual(results[0]?.failures, [])
    assert.match(results[1]?.failures[0]?.text ?? '', /after the test ended.*late/)
  })

  test('blames the file that ended the process of several, and runs the others', async () => {
    const results = await runFiles([
      put('before', `test('passes', () => {})`),
      put(
        'ends-all',
        `${untilReported}
        test('ends', async () => {
          await untilReported('ends')
          process.exit(0)
        })`,
      ),
      put('after', `test('begins once more', () => {})`),
    ])
    const texts = results.map(({ failures }) => failures.map(({ text }) => text).join())
    assert.equal(texts[0], '')
    assert.match(texts[1] ?? '', /did not run to its end.*Begun and not ended: ends/)
    assert.equal(texts[2], '')
  })
})
