import assert from 'node:assert/strict'
import test from 'node:test'
import { numbersOf } from '../../../src/builds/place.ts'

test('who a user is in numbers is known of root and of numbers; all else is for the container to tell', () => {
  const root = { uid: 0, gid: 0 }
  for (const user of ['', '0', 'root', 'root:root', '0:0']) assert.deepEqual(numbersOf(user), root, user)
  assert.deepEqual(numbersOf('1000:33'), { uid: 1000, gid: 33 })
  for (const user of ['1000', 'node', 'node:node', '1000:node', ':0', '-1:0'])
    assert.equal(numbersOf(user), undefined, user)
})
