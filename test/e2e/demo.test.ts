import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

const demo = fileURLToPath(new URL('../../src/demo/run.ts', import.meta.url))

test('the demo proves itself, takes everything away and ends with 0', { timeout: 200_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [demo, '--once'], {
    encoding: 'utf8',
    timeout: 190_000,
  })
  assert.equal(status, 0, stdout + stderr)
  assert.match(stdout, /products from PostgreSQL/)
  assert.match(stdout, /nothing|no container, network, volume or image of the demo is left/)
})

test('the demo refuses a word that it does not know', () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [demo, '--twice'], { encoding: 'utf8' })
  assert.equal(status, 2)
  assert.match(stdout + stderr, /knows no --twice; it takes --once/)
})
