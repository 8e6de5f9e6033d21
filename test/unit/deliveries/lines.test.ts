import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lines } from '../../../src/deliveries/lines.ts'
import { settle } from '../../fakes/clock.ts'

test('pieces of one line come one after the other, those of several at once, but no more than so many', async () => {
  const lines = new Lines(2)
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const add = (line: string, name: string) =>
    lines.add(line, () => {
      begun.push(name)
      return new Promise((resolve) => ends.set(name, resolve))
    })
  const all = [add('a', 'a1'), add('a', 'a2'), add('b', 'b1'), add('c', 'c1')]
  await settle()
  assert.deepEqual(begun, ['a1', 'b1'])
  ends.get('a1')?.()
  await settle()
  assert.deepEqual(begun, ['a1', 'b1', 'c1'], 'a line that had its turn stands behind the others')
  ends.get('b1')?.()
  await settle()
  assert.deepEqual(begun, ['a1', 'b1', 'c1', 'a2'])
  ends.get('c1')?.()
  ends.get('a2')?.()
  await Promise.all(all)
})

test('a piece that fails tells who added it, and the next one has its turn', async () => {
  const lines = new Lines(1)
  const failing = lines.add('a', () => Promise.reject(new Error('no')))
  const next = lines.add('a', () => Promise.resolve())
  await assert.rejects(failing, /no/)
  await next
})

test('a line that was empty takes work again', async () => {
  const lines = new Lines(1)
  let count = 0
  const work = () => Promise.resolve(void (count += 1))
  await lines.add('a', work)
  await lines.add('a', work)
  await Promise.all([lines.add('a', work), lines.add('b', work)])
  assert.equal(count, 4)
})

test('other work of the process comes between two pieces', async () => {
  const lines = new Lines(1)
  const order: string[] = []
  const pieces = ['1', '2', '3'].map((name) => lines.add('a', () => Promise.resolve(void order.push(name))))
  setImmediate(() => order.push('other'))
  await Promise.all(pieces)
  assert.ok(order.indexOf('other') < order.indexOf('3'), order.join())
})
