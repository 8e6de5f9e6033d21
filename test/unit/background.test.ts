import assert from 'node:assert/strict'
import test from 'node:test'
import { Background } from '../../src/background.ts'
import { silentLogger } from '../../src/logger.ts'

test('work of one key is done one after the other, whatever came of what was before it', async () => {
  const background = new Background(silentLogger)
  const book: string[] = []
  const work = (name: string, fails = false) =>
    background.inTurn('key', async () => {
      book.push(`${name} begins`)
      await new Promise((resolve) => setImmediate(resolve))
      book.push(`${name} ends`)
      if (fails) throw new Error(name)
    })
  const first = work('one', true)
  const second = work('two')
  await assert.rejects(first, /one/)
  // Asked for in the moment in which the one before it ends.
  const third = work('three')
  await Promise.all([second, third])
  await work('four')
  assert.deepEqual(
    book,
    ['one', 'two', 'three', 'four'].flatMap((name) => [`${name} begins`, `${name} ends`]),
  )
})
