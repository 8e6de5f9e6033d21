import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { escapeText, keyText, unescapeText } from '../../../../src/stores/sql/text.ts'

const unit = fc.oneof(
  fc.constantFrom('\\', 'u', '0', '\0', '\ud83d', '\ude00', 'a'),
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
)
const anyText = fc.string({ unit })

test('ordinary text stays as it is', () => {
  for (const text of ['', 'main', 'ä😀\n\u001b[0m']) assert.equal(escapeText(text), text)
})

test('escaped text has neither NUL nor halves of pairs, and comes back as it was', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const escaped = escapeText(text)
      assert.ok(!escaped.includes('\0') && escaped.isWellFormed())
      assert.equal(unescapeText(escaped), text)
    }),
  )
})

test('what looks like an escape is not taken for one', () => {
  assert.equal(unescapeText(escapeText('\\u0000 \\\\u0000')), '\\u0000 \\\\u0000')
})

test('keys of different texts differ and stay short', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit, maxLength: 400, size: 'max' }), { maxLength: 5 }), (texts) => {
      const keys = texts.map(keyText)
      assert.equal(new Set(keys).size, new Set(texts).size)
      for (const key of keys) assert.ok(key.isWellFormed() && Buffer.byteLength(key) <= 700)
    }),
  )
})

test('a text that is written like the key of a long one has another key', () => {
  const key = keyText('x'.repeat(300))
  assert.notEqual(keyText(key), key)
})
