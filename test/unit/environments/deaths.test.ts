import assert from 'node:assert/strict'
import test from 'node:test'
import { oneMore, type Deaths } from '../../../src/environments/deaths.ts'

test('pauses grow from a second to a minute, and a minute of calm begins anew', () => {
  let now = 1_000_000
  let deaths: Deaths | undefined
  const pauses: number[] = []
  for (let turn = 0; turn < 8; turn += 1) {
    deaths = oneMore(deaths, now)
    pauses.push(deaths.pause / 1000)
    now += deaths.pause + 59_999
  }
  assert.deepEqual(pauses, [1, 2, 5, 10, 30, 60, 60, 60])
  assert.equal(deaths?.count, 8)
  assert.equal(oneMore(deaths, now + 1).count, 1)
})
