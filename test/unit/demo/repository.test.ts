import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { makeSampleRepository } from '../../../src/demo/repository.ts'

describe('the sample repository', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'qaack-sample-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const git = (dir: string, ...args: string[]) =>
    execFileSync('git', args, { cwd: dir, encoding: 'utf8' }).trim()
  const sample = await makeSampleRepository(folder)

  test('has its Qaackfile and its lock file on both branches', () => {
    for (const branch of sample.branches) {
      const files = git(sample.origin, 'ls-tree', '-r', '--name-only', branch).split('\n')
      assert.ok(files.includes('qaack/qaack.yml'))
      assert.ok(files.includes('package-lock.json'))
      assert.ok(!files.some((file) => file.startsWith('node_modules/')))
    }
  })

  test('differs between its branches in theme and products', () => {
    const changed = git(sample.origin, 'diff', '--name-only', ...sample.branches).split('\n')
    assert.deepEqual(changed.sort(), ['web/migrations/002_night_ferry.sql', 'web/public/theme.css'])
  })

  test('has the same commits wherever it is made', async () => {
    const other = path.join(folder, 'again')
    const { origin } = await makeSampleRepository(other)
    for (const branch of sample.branches) {
      assert.equal(git(origin, 'rev-parse', branch), git(sample.origin, 'rev-parse', branch))
    }
  })

  test('takes a push', async () => {
    const commit = await sample.push('new-look', 'docs: more', { 'README.md': 'more\n' })
    assert.equal(git(sample.origin, 'rev-parse', 'new-look'), commit)
    assert.equal(git(sample.origin, 'show', 'new-look:README.md'), 'more')
  })

  test('locks no address of a package registry', () => {
    assert.doesNotMatch(git(sample.origin, 'show', 'main:package-lock.json'), /"resolved"/)
  })
})
