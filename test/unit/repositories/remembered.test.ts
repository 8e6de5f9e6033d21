import assert from 'node:assert/strict'
import test from 'node:test'
import { Remembered } from '../../../src/repositories/remembered.ts'

/** Answers `key` with `read key`, and keeps book. */
function book(most: number) {
  const read: string[] = []
  const remembered = new Remembered<string>(most)
  const ask = (key: string) =>
    remembered.ask(key, () => {
      read.push(key)
      return Promise.resolve(`read ${key}`)
    })
  return { read, ask }
}

test('what was asked for last is remembered, and no more than that', async () => {
  const { read, ask } = book(2)
  for (const key of ['a', 'b', 'b', 'a', 'c', 'b', 'a']) assert.equal(await ask(key), `read ${key}`)
  assert.deepEqual(read, ['a', 'b', 'c', 'a'])
})

test('who asks at the same moment shares one answer, also where nothing is remembered', async () => {
  const { read, ask } = book(0)
  assert.deepEqual(await Promise.all([ask('a'), ask('a')]), ['read a', 'read a'])
  await ask('a')
  assert.deepEqual(read, ['a', 'a'])
})

test('a failure is told to all who wait, and not remembered', async () => {
  const remembered = new Remembered<string>(5)
  const fail = () => remembered.ask('a', () => Promise.reject(new Error('broken')))
  const [one, other] = await Promise.allSettled([fail(), fail()])
  assert.deepEqual([one.status, other.status], ['rejected', 'rejected'])
  assert.equal(await remembered.ask('a', () => Promise.resolve('whole')), 'whole')
})
