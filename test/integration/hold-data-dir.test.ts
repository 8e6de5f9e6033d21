import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after } from 'node:test'
import { holdDataDir } from '../../src/hold-data-dir.ts'

const work = mkdtempSync(join(tmpdir(), 'qaack-hold-'))
after(() => rmSync(work, { recursive: true }))

test('a data folder is made, and held by one at a time', () => {
  const dir = join(work, 'a', 'b')
  const release = holdDataDir(dir)
  const again = () => holdDataDir(dir)
  assert.throws(again, { code: 'invalid_config', message: /another Qaack server uses the data folder/ })
  release()
  holdDataDir(dir)()
})

test('a data folder that cannot be made or is none says so, and does not hang', () => {
  const file = join(work, 'file')
  writeFileSync(file, '')
  for (const dir of ['/proc/nope/data', join(file, 'data'), file]) {
    const message = /cannot be used .* set data_dir to another folder/
    assert.throws(() => holdDataDir(dir), { code: 'invalid_config', message })
  }
})
