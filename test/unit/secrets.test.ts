import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isQaackError } from '../../src/errors.ts'
import { open, seal, sizeOfSealed } from '../../src/secrets.ts'

describe('sealing', () => {
  test('a sealed text opens with its key', () => {
    for (const text of ['', 'secret', 'ä😀\n', 'x'.repeat(100_000)])
      assert.equal(open('key', seal('key', text)), text)
  })

  test('the same text is never sealed the same way, and does not show', () => {
    const sealed = seal('key', 'secret')
    assert.notEqual(sealed, seal('key', 'secret'))
    assert.match(sealed, /^v1\.[\w-]+$/)
    assert.ok(!Buffer.from(sealed.slice(3), 'base64url').includes('secret'))
  })

  test('another key is refused with what to do', () => {
    assert.throws(
      () => open('other', seal('key', 'secret')),
      (error) => {
        assert.ok(isQaackError(error, 'invalid_config'))
        assert.match(
          error.message,
          /does not open with the present secret_key; set the one it was sealed with/,
        )
        assert.ok(error.cause)
        return true
      },
    )
  })

  test('its size is known without the key', () => {
    for (const text of ['', 'secret', 'ä😀\n', 'x'.repeat(1001)])
      assert.equal(sizeOfSealed(seal('key', text)), Buffer.byteLength(text))
  })

  test('each changed character is noticed', () => {
    const sealed = seal('key', 'secret')
    for (let at = 3; at < sealed.length - 1; at++) {
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
      assert.throws(() => open('key', changed), /does not open/)
    }
  })

  test('what was never sealed is told apart', () => {
    for (const text of ['', 'secret', 'v1.', 'v1.c2hvcnQ', 'v2.' + seal('key', 'x').slice(3)]) {
      assert.throws(
        () => open('key', text),
        (error) => isQaackError(error, 'internal'),
      )
    }
  })
})
