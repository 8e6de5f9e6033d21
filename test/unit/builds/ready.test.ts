import assert from 'node:assert/strict'
import test from 'node:test'
import { pauseBefore } from '../../../src/builds/ready.ts'

test('a service is asked often at first, with pauses that grow slowly, then as often as its file says', () => {
  const pauses = Array.from({ length: 40 }, (_, tries) => pauseBefore(tries, 2))
  assert.equal(pauses[0], 25)
  let gone = 0
  for (const [tries, pause] of pauses.slice(0, 30).entries()) {
    assert.ok(pause <= 26 + gone / 3 && pause <= 200, `${pause} ms after ${gone} ms`)
    gone += pause
    assert.ok(pause >= (pauses[tries - 1] ?? 0))
  }
  assert.ok(gone > 4500 && gone < 5500, `${gone} ms until the pauses are those of the file`)
  assert.ok(pauses.slice(30).every((pause) => pause === 2000))
})

test('no pause is longer than the file says', () => {
  assert.equal(pauseBefore(8, 0.1), 100)
})
