import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { withLock } from '../../../src/setup/lock.mjs'

const name = () => `test-${process.pid}-${Math.trunc(performance.now() * 1000)}`

test('what holds a lock runs alone', async () => {
  const lock = name()
  const order: string[] = []
  const work = (label: string) => async () => {
    order.push(`${label} begins`)
    await new Promise((resolve) => setImmediate(resolve))
    order.push(`${label} ends`)
  }
  await Promise.all([withLock(lock, { work: work('a') }), withLock(lock, { work: work('b') })])
  assert.deepEqual(order, ['a begins', 'a ends', 'b begins', 'b ends'])
})

test('who waits is told once', async () => {
  const lock = name()
  let told = 0
  let letGo = () => {}
  const held = withLock(lock, { work: () => new Promise<void>((resolve) => (letGo = resolve)) })
  const second = withLock(lock, { work: () => Promise.resolve('done'), waiting: () => (told++, letGo()) })
  assert.equal(await second, 'done')
  await held
  assert.equal(told, 1)
})

test('a lock goes when its work fails', async () => {
  const lock = name()
  await assert.rejects(withLock(lock, { work: () => Promise.reject(new Error('no')) }), /no/)
  assert.equal(await withLock(lock, { work: () => Promise.resolve(1) }), 1)
})

test('a lock of a process that is gone is taken over', async () => {
  const lock = name()
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  const file = path.join(tmpdir(), `qaack-${lock}-${process.getuid?.() ?? 'user'}.lock`)
  writeFileSync(file, String(gone))
  assert.equal(await withLock(lock, { work: () => Promise.resolve(1) }), 1)
  assert.ok(!existsSync(file))
})
