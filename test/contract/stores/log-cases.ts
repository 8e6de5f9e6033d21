import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stores } from './stores.ts'

export function logCases(stores: Stores): void {
  test('a log that nobody wrote is empty', async () => {
    await using store = await stores.empty()
    assert.deepEqual(await store.readLog('none'), { text: '', start: 0, end: 0 })
    assert.deepEqual(await store.readLog('none', -5), { text: '', start: 0, end: 0 })
  })

  test('any part of a log can be read, from the front and from the end', async () => {
    await using store = await stores.empty()
    for (const text of ['0123', '', '4567', '89']) await store.appendLog('log', text)
    const part = async (offset?: number, limit?: number) => {
      const { text, start, end } = await store.readLog('log', offset, limit)
      return `${start} ${text} ${end}`
    }
    assert.equal(await part(), '0 0123456789 10')
    assert.equal(await part(3), '3 3456789 10')
    assert.equal(await part(3, 2), '3 34 5')
    assert.equal(await part(4, 4), '4 4567 8')
    assert.equal(await part(-3), '7 789 10')
    assert.equal(await part(-3, 1), '7 7 8')
    assert.equal(await part(-99), '0 0123456789 10')
    assert.equal(await part(99), '10  10')
    assert.equal(await part(10), '10  10')
    assert.equal(await part(2, 0), '2  2')
    assert.equal(await part(0, 99), '0 0123456789 10')
  })

  test('logs with other names are apart', async () => {
    await using store = await stores.empty()
    await Promise.all([store.appendLog('a', 'A'), store.appendLog('a/1', 'B'), store.appendLog('A', 'C')])
    assert.equal((await store.readLog('a')).text, 'A')
    assert.equal((await store.readLog('A')).text, 'C')
  })

  test('what is appended without waiting keeps its order', async () => {
    await using store = await stores.empty()
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index}\n`)
    await Promise.all(lines.map((line) => store.appendLog('log', line)))
    assert.equal((await store.readLog('log')).text, lines.join(''))
  })

  test('a line that was appended is read at once', async () => {
    await using store = await stores.empty()
    for (let index = 0; index < 20; index++) {
      await store.appendLog('log', `${index % 10}`)
      assert.equal((await store.readLog('log', -1)).text, `${index % 10}`)
    }
  })

  test('offsets count UTF-16 units, also within a character and within a piece', async () => {
    await using store = await stores.empty()
    const text = 'aé€😀ß\u0301👩‍👩‍👧z'
    for (const piece of [text.slice(0, 4), text.slice(4)]) await store.appendLog('log', piece)
    assert.equal(text.charCodeAt(3) & 0xfc00, 0xd800, 'the pieces are cut within a character')
    for (let offset = -text.length; offset <= text.length; offset++) {
      assert.equal((await store.readLog('log', offset)).text, offset === 0 ? text : text.slice(offset))
      assert.equal((await store.readLog('log', offset, 1)).text, text.slice(offset, offset + 1 || undefined))
    }
  })

  test('a megabyte in one piece comes back whole and in parts', async () => {
    await using store = await stores.empty()
    const line = 'npm WARN deprecated \u001b[33mleft-pad\u001b[0m\\😀\n'
    const text = line.repeat(Math.ceil(2 ** 20 / line.length))
    await store.appendLog('log', 'x')
    await store.appendLog('log', text)
    await store.appendLog('log', 'y')
    assert.equal((await store.readLog('log')).text, `x${text}y`)
    for (const offset of [1, 65_535, 65_536, 65_537, 131_073, 700_000]) {
      assert.equal((await store.readLog('log', offset, 100)).text, `x${text}`.slice(offset, offset + 100))
    }
    assert.equal((await store.readLog('log', -10)).text, `${text}y`.slice(-10))
  })

  test('a follower that asks from the end it was told reads every character once', async () => {
    await using store = await stores.empty()
    const lines = Array.from({ length: 100 }, (_, index) => `${index} `)
    let done = false
    const writing = (async () => {
      for (const line of lines) await store.appendLog('log', line)
      done = true
    })()
    let seen = ''
    for (let last = false; !last;) {
      last = done
      const part = await store.readLog('log', seen.length)
      assert.equal(part.start, seen.length)
      seen += part.text
      assert.equal(part.end, seen.length)
    }
    await writing
    assert.equal(seen, lines.join(''))
  })
}
