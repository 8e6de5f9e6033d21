import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { event, insert, samples } from './records.ts'
import type { Stores } from './stores.ts'

const hostile = [
  '',
  ' ',
  'a\0b',
  '\ud83d',
  '\ude00x',
  '\\u0000',
  '\\\\',
  "'; drop table groups; --",
  '$1 ? ?1 :a @a "q" `b`',
  '%_*[]',
  '😀\u202e\u0301',
  '__proto__',
  'é',
  'e\u0301',
  'É',
  'x'.repeat(10_000),
  '\0'.repeat(3_000),
  '\r\n\t\u001b[31m',
]

export function textCases(stores: Stores): void {
  test('hostile text comes back as it was from every place, and is told apart', async () => {
    await using store = await stores.empty()
    await store.commit(hostile.map((text) => insert('group', { id: `g${text}`, name: text })))
    await store.commit(
      hostile.map((text) => insert('delivery', { id: text, deliveryId: text, reason: text })),
    )
    await store.commit(hostile.map((text) => event(text, { repositoryId: text, environmentId: text })))
    for (const text of hostile) {
      await store.appendLog(`log${text}`, text)
      assert.equal((await store.get('group', `g${text}`))?.name, text)
      assert.deepEqual(
        (await store.list('group', { name: text })).map((one) => one.id),
        [`g${text}`],
      )
      assert.equal((await store.list('delivery', { deliveryId: text }))[0]?.reason, text)
      assert.deepEqual(
        (await store.events({ repositoryId: text })).map((one) => one.message),
        [text],
      )
      assert.deepEqual(
        (await store.events({ environmentId: text })).map((one) => one.message),
        [text],
      )
      assert.equal((await store.readLog(`log${text}`)).text, text)
    }
  })

  test('long names that differ only at their end are two names', async () => {
    await using store = await stores.empty()
    const name = 'n'.repeat(5_000)
    await store.commit([
      insert('group', { id: '1', name: `${name}1` }),
      insert('group', { id: '2', name: `${name}2` }),
    ])
    assert.deepEqual(
      (await store.list('group', { name: `${name}2` })).map((one) => one.id),
      ['2'],
    )
  })

  test('any text survives in a record and in a log', async () => {
    await using store = await stores.empty()
    let number = 0
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.array(fc.string({ unit: anyUnit })),
        async (name, texts) => {
          const id = `id${++number}`
          await store.commit([insert('token', { id, name: `${number}${name}`, hash: id })])
          for (const text of texts) await store.appendLog(id, text)
          assert.deepEqual(await store.get('token', id), {
            ...samples.token,
            id,
            name: `${number}${name}`,
            hash: id,
            version: 1,
          })
          assert.equal((await store.readLog(id)).text, texts.join(''))
        },
      ),
      { numRuns: 20 },
    )
  })
}

/** Single UTF-16 units, so also halves of pairs, with what the escapes are made of more often. */
const anyUnit = fc.oneof(
  fc.constantFrom('\\', 'u', '0', '\0', '\ud83d', '\ude00'),
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
)
