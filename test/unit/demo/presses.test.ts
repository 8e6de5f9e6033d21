import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { listenForPresses } from '../../../src/demo/presses.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

describe('Ctrl-C', () => {
  let time = 0
  const presses = listenForPresses(() => time)
  after(() => signals.forEach((signal) => process.removeAllListeners(signal)))

  test('counts for everybody who waits, by whatever signal', async () => {
    for (const signal of signals) {
      time += 1000
      const waiting = [presses.next(), presses.next()]
      process.emit(signal)
      await Promise.all(waiting)
    }
  })

  test('that arrives twice is one; the next one is another', async () => {
    time += 1000
    const first = presses.next()
    process.emit('SIGINT')
    await first
    let again = false
    const second = presses.next().then(() => (again = true))
    time += 100
    process.emit('SIGINT')
    await new Promise(setImmediate)
    assert.equal(again, false)
    time += 1000
    process.emit('SIGINT')
    await second
  })
})
