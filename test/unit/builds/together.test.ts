import assert from 'node:assert/strict'
import test from 'node:test'
import { both, together } from '../../../src/builds/together.ts'

const never = new AbortController().signal

test('results come in the order asked for', async () => {
  assert.deepEqual(await together([3, 1, 2], never, (n) => Promise.resolve(n * 2)), [6, 2, 4])
})

test('the first failure stops the others, and is told only when all have ended', async () => {
  const ended: string[] = []
  const work = async (name: string, signal: AbortSignal) => {
    if (name === 'bad') throw new Error('the first cause')
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    ended.push(name)
    throw new Error('only because of the other')
  }
  await assert.rejects(together(['slow', 'bad', 'slower'], never, work), /the first cause/)
  assert.deepEqual(ended, ['slow', 'slower'])
})

test('a signal from outside ends it with its own reason', async () => {
  const outside = new AbortController()
  const wait = (_: number, signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
  const all = together([1, 2], outside.signal, wait)
  outside.abort(new Error('cancelled by somebody'))
  await assert.rejects(all, /cancelled by somebody/)
})

test('two things of different kinds are done at once; the first failure is told when both have ended', async () => {
  assert.deepEqual(
    await both(
      never,
      () => Promise.resolve(1),
      () => Promise.resolve('two'),
    ),
    [1, 'two'],
  )
  let ended = false
  const other = async (signal: AbortSignal): Promise<void> => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    ended = true
  }
  await assert.rejects(
    both(never, () => Promise.reject(new Error('the first cause')), other),
    /the first cause/,
  )
  assert.ok(ended)
})
