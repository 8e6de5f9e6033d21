import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isQaackError } from '../../src/errors.ts'
import { createMask, open, seal } from '../../src/secrets.ts'

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

describe('masking', () => {
  test('a secret is masked wherever the pieces are cut', () => {
    const text = 'a token hunter22 and hunter22hunter22 and hunter2'
    for (let at = 0; at <= text.length; at++) {
      const mask = createMask(['hunter22'])
      const shown = mask.push(text.slice(0, at)) + mask.push(text.slice(at)) + mask.flush()
      assert.equal(shown, 'a token *** and *** and hunter2')
    }
  })

  test('only what may be the beginning of a secret is held back', () => {
    const mask = createMask(['hunter22'])
    assert.equal(mask.push('hello hun'), 'hello ')
    assert.equal(mask.push('t'), '')
    assert.equal(mask.push('!'), 'hunt!')
    assert.equal(mask.push('hunter22'), '***')
    assert.equal(mask.flush(), '')
  })

  test('secrets shorter than four characters are not masked', () => {
    assert.equal(masked(['abc', '', '1'], 'abc 1'), 'abc 1')
    assert.equal(masked(['abcd'], 'abcd'), '***')
  })

  test('secrets that overlap or lie in each other are masked together', () => {
    assert.equal(masked(['abcdef', 'defghi'], '-abcdefghi-'), '-***-')
    assert.equal(masked(['abcdef', 'bcde'], '-abcdex-bcde-abcdef-'), '-a***x-***-***-')
    assert.equal(masked(['aaaa'], 'baaaaaab'), 'b***b')
  })

  test('a secret is masked as base64 wherever it begins, as part of a URL and as JSON', () => {
    const secret = 'p@ss word/+?"ü"'
    for (const before of ['', 'x', 'xy', 'user:']) {
      for (const after of ['', 'z', 'zz']) {
        for (const encoding of ['base64', 'base64url'] as const) {
          const encoded = Buffer.from(before + secret + after).toString(encoding)
          const shown = masked([secret], `<${encoded}>`)
          assert.match(shown, /\*\*\*/)
          assert.ok(shown.length <= '<***>'.length + 8 + before.length, shown)
        }
      }
    }
    assert.equal(masked([secret], Buffer.from(secret).toString('base64')), '***')
    assert.equal(masked([secret], `?a=${encodeURIComponent(secret)}&`), '?a=***&')
    assert.equal(
      masked([secret], `?a=${encodeURIComponent(secret).toLowerCase().replace('ü', '')}&`),
      '?a=***&',
    )
    assert.equal(masked([secret], `?${new URLSearchParams({ a: secret }).toString()}&`), '?a=***&')
    assert.equal(masked([secret], JSON.stringify({ a: secret })), '{"a":"***"}')
  })

  test('a key of several lines is masked also line by line, indented and wrapped', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line${index}`.repeat(8))
    const key = `${lines.join('\n')}\n`
    assert.equal(masked([key], `key: ${key}.`), 'key: ***.')
    assert.equal(masked([key], lines.join('\r\n')), '***')
    assert.equal(masked([key], `  ${lines[1]}\n  ${lines[2]}`), '  ***\n  ***')
    const wrapped = Buffer.from(key).toString('base64').replace(/.{76}/g, '$&\n')
    assert.match(masked([key], wrapped), /^(\*\*\*\n)+\S{0,15}$/)
  })

  test('a mask can be used again after a flush', () => {
    const mask = createMask(['secret'])
    assert.equal(mask.push('secret') + mask.flush(), '***')
    assert.equal(mask.push('secret') + mask.flush(), '***')
    assert.equal(mask.push('secre') + mask.flush() + mask.push('t') + mask.flush(), 'secret')
  })

  test('for any secrets, text and cuts the result is that of masking the whole text', () => {
    const letters = fc.constantFrom('a', 'b', '%', 'Q', '\n')
    const secrets = fc.array(fc.string({ unit: letters, minLength: 4, maxLength: 9 }), { maxLength: 4 })
    const text = fc.array(fc.string({ unit: letters, maxLength: 12 }), { maxLength: 10 })
    fc.assert(
      fc.property(secrets, text, fc.boolean(), (words, pieces, mixed) => {
        const chunks = mixed
          ? pieces.flatMap((piece, index) => [piece, words[index % words.length] ?? ''])
          : pieces
        const mask = createMask(words)
        const shown = chunks.map((chunk) => mask.push(chunk)).join('') + mask.flush()
        assert.equal(shown, masked(words, chunks.join('')))
        for (const word of words) assert.ok(!shown.includes(word))
      }),
      { numRuns: 2000 },
    )
  })

  test('plain secrets are masked exactly where a plain search finds them', () => {
    const letters = fc.constantFrom('a', 'b', 'c')
    const secrets = fc.array(fc.string({ unit: letters, minLength: 4, maxLength: 7 }), {
      minLength: 1,
      maxLength: 3,
    })
    fc.assert(
      fc.property(secrets, fc.string({ unit: letters, maxLength: 60 }), (words, text) => {
        // The other forms of such secrets have letters that this text does not have.
        assert.equal(masked(words, text), searchAndMask(words, text))
      }),
      { numRuns: 2000 },
    )
  })
})

function masked(secrets: string[], text: string): string {
  const mask = createMask(secrets)
  return mask.push(text) + mask.flush()
}

function searchAndMask(secrets: string[], text: string): string {
  const hidden = new Set<number>()
  for (const secret of secrets) {
    for (let from = text.indexOf(secret); from !== -1; from = text.indexOf(secret, from + 1)) {
      for (let at = from; at < from + secret.length; at++) hidden.add(at)
    }
  }
  return [...text]
    .map((letter, at) => (hidden.has(at) ? '\0' : letter))
    .join('')
    .replace(/\0+/g, '***')
}
