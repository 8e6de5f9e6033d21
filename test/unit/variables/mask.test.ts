import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { createLiveMasker, createMasker, noMasker } from '../../../src/variables/mask.ts'

suite('masking', () => {
  test('a secret is masked wherever the pieces are cut', () => {
    const text = 'a token hunter22 and hunter22hunter22 and hunter2'
    for (let at = 0; at <= text.length; at++) {
      const mask = createMasker(['hunter22']).stream()
      const shown = mask.push(text.slice(0, at)) + mask.push(text.slice(at)) + mask.flush()
      assert.equal(shown, 'a token ••• and ••• and hunter2')
    }
  })

  test('only what may be the beginning of a secret is held back', () => {
    const mask = createMasker(['hunter22']).stream()
    assert.equal(mask.push('hello hun'), 'hello ')
    assert.equal(mask.push('t'), '')
    assert.equal(mask.push('!'), 'hunt!')
    assert.equal(mask.push('hunter22'), '•••')
    assert.equal(mask.flush(), '')
  })

  test('secrets shorter than four characters are not masked', () => {
    assert.equal(masked(['abc', '', '1'], 'abc 1'), 'abc 1')
    assert.equal(masked(['abcd'], 'abcd'), '•••')
  })

  test('secrets that overlap or lie in each other are masked together', () => {
    assert.equal(masked(['abcdef', 'defghi'], '-abcdefghi-'), '-•••-')
    assert.equal(masked(['abcdef', 'bcde'], '-abcdex-bcde-abcdef-'), '-a•••x-•••-•••-')
    assert.equal(masked(['aaaa'], 'baaaaaab'), 'b•••b')
  })

  test('a secret is masked as base64 wherever it begins, as part of a URL and as JSON', () => {
    const secret = 'p@ss word/+?"ü"'
    for (const before of ['', 'x', 'xy', 'user:']) {
      for (const after of ['', 'z', 'zz']) {
        for (const encoding of ['base64', 'base64url'] as const) {
          const encoded = Buffer.from(before + secret + after).toString(encoding)
          const shown = masked([secret], `<${encoded}>`)
          assert.match(shown, /•••/)
          assert.ok(shown.length <= '<•••>'.length + 8 + before.length, shown)
        }
      }
    }
    assert.equal(masked([secret], Buffer.from(secret).toString('base64')), '•••')
    assert.equal(masked([secret], `?a=${encodeURIComponent(secret)}&`), '?a=•••&')
    assert.equal(
      masked([secret], `?a=${encodeURIComponent(secret).toLowerCase().replace('ü', '')}&`),
      '?a=•••&',
    )
    assert.equal(masked([secret], `?${new URLSearchParams({ a: secret }).toString()}&`), '?a=•••&')
    assert.equal(masked([secret], JSON.stringify({ a: secret })), '{"a":"•••"}')
  })

  test('a key of several lines is masked also line by line, indented and wrapped', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line${index}`.repeat(8))
    const key = `${lines.join('\n')}\n`
    assert.equal(masked([key], `key: ${key}.`), 'key: •••\n.')
    assert.equal(masked([key], lines.join('\r\n')), '•••')
    assert.equal(masked([key], `  ${lines[1]}\n  ${lines[2]}`), '  •••\n  •••')
    const wrapped = Buffer.from(key).toString('base64').replace(/.{76}/g, '$&\n')
    assert.match(masked([key], wrapped), /^(•••\n)+\S{0,15}$/)
  })

  test('a line end is shown at once, whatever secrets have line ends, unless what is before it may be one', () => {
    const ends = fc.constantFrom('\n', '\r\n', '\n\n', '\n'.repeat(40))
    // of four letters at least: what has fewer is shown, as rulers are
    const line = fc
      .string({ unit: fc.constantFrom('a', 'b', 'c', 'd', '-'), maxLength: 46 })
      .map((rest) => `abcd${rest}`)
    fc.assert(
      fc.property(fc.array(fc.tuple(ends, line), { minLength: 1, maxLength: 8 }), ends, (lines, last) => {
        const secret = lines.flat().join('') + last
        const mask = createMasker([secret]).stream()
        for (const text of ['x\n', 'xy\r\n', '\n'])
          assert.equal(mask.push(text), text, JSON.stringify(secret))
        assert.ok(!masked([secret], secret).includes(lines[0]?.[1] ?? ''))
      }),
      { numRuns: 500 },
    )
  })

  test('a mask can be used again after a flush', () => {
    const mask = createMasker(['secret']).stream()
    assert.equal(mask.push('secret') + mask.flush(), '•••')
    assert.equal(mask.push('secret') + mask.flush(), '•••')
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
        const mask = createMasker(words).stream()
        const shown = chunks.map((chunk) => mask.push(chunk)).join('') + mask.flush()
        assert.equal(shown, masked(words, chunks.join('')))
        for (const word of words) assert.ok(!shown.includes(word))
      }),
      { numRuns: 2000 },
    )
  })

  test('no cut of any output of a program shows a secret, whatever bytes are around it', () => {
    const secrets = fc.array(fc.string({ unit: 'binary', minLength: 4, maxLength: 100 }), {
      minLength: 1,
      maxLength: 3,
    })
    const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 6 })
    fc.assert(
      fc.property(
        secrets,
        pieces,
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (given, around, size, keepLength) => {
          const words = given.map((word) => word.toWellFormed())
          const whole = Buffer.concat(
            around.flatMap((piece, index) => [piece, Buffer.from(words[index % words.length] ?? '')]),
          )
          const mask = createMasker(words).bytes({ keepLength })
          const shown: Buffer[] = []
          for (let at = 0; at < whole.length; at += size) shown.push(mask.push(whole.subarray(at, at + size)))
          const all = Buffer.concat([...shown, mask.flush()])
          for (const word of words) assert.ok(!all.includes(Buffer.from(word)))
          if (keepLength) assert.equal(all.length, whole.length)
        },
      ),
      { numRuns: 100 },
    )
  })

  test('a long secret is masked also where it is cut off at its beginning or its end', () => {
    const secret = Array.from({ length: 300 }, (_, index) =>
      String.fromCharCode(33 + ((index * 37) % 90)),
    ).join('')
    assert.equal(masked([secret], `<${secret}>`), '<•••>')
    const [before, after] = masked([secret], `<${secret.slice(100)}>`).split('•••')
    assert.ok(before !== undefined && before.length <= 32, before)
    assert.equal(after, '>')
    const piecemeal = createMasker([secret]).stream()
    for (const letter of secret) piecemeal.push(letter)
    assert.ok(piecemeal.flush().length < 64)
  })

  test('as PHP and Python write JSON, and as a shell quotes', () => {
    const secret = "it's/a <sécret>"
    assert.equal(masked([secret], JSON.stringify(secret).replaceAll('/', '\\/')), '"•••"')
    assert.equal(masked([secret], '"it\'s/a <s\\u00e9cret>"'), '"•••"')
    assert.equal(masked([secret], '"it\'s/a \\u003csécret\\u003e"'), '"•••"')
    assert.equal(masked([secret], `+ echo 'it'\\''s/a <sécret>'`), `+ echo '•••'`)
  })

  test('rulers and braces of a file are no secrets', () => {
    const file = `{\n${'-'.repeat(80)}\n  "password": "hunter22"\n}\n`
    assert.equal(masked([file], `{\n${'-'.repeat(90)}\n}`), `{\n${'-'.repeat(90)}\n}`)
    assert.equal(masked([file], 'the "password": "hunter22"'), 'the •••')
  })

  test('without secrets every piece is the one that came', () => {
    const masker = createMasker(['', 'abc'])
    assert.equal(masker, noMasker)
    const piece = Buffer.from('abc')
    assert.equal(masker.bytes().push(piece), piece)
    assert.equal(masker.bytes().flush().length, 0)
    assert.equal(masker.text('abc') + masker.stream().push('abc') + masker.stream().flush(), 'abcabc')
  })

  test('a secret that comes later is hidden from then on, also where its beginning was held back for another one', () => {
    for (const keepLength of [false, true]) {
      const masker = createLiveMasker(['passport'])
      const mask = masker.bytes({ keepLength })
      const push = (text: string) => mask.push(Buffer.from(text)).toString()
      assert.equal(push('passw0rd pass'), 'passw0rd ')
      masker.hide(['passport', 'passw0rd'])
      const hidden = keepLength ? '********' : '•••'
      assert.equal(push('w0rd passp') + push('ort'), `${hidden} ${hidden}`)
      masker.hide([])
      assert.equal(push('passw0rd!'), keepLength ? '********!' : '!', 'what touches is one mark')
    }
  })

  test('where nothing was hidden before, masks in use begin to hide', () => {
    const masker = createLiveMasker([])
    assert.equal(masker.hidesNothing(), true)
    const [text, bytes] = [masker.stream(), masker.bytes()]
    assert.equal(text.push('hunter22'), 'hunter22')
    assert.equal(bytes.push(Buffer.from('hunter22')).toString(), 'hunter22')
    masker.hide(['hunter22'])
    assert.equal(text.push('hunter22'), '•••')
    assert.equal(bytes.push(Buffer.from('hunter22')).toString(), '•••')
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

test('a line that ends is shown at once, with whatever letter a line of a key may end', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/']
  for (let key = 0; key < 20; key += 1) {
    const body = Array.from({ length: 20 }, (_, line) =>
      createHash('sha384').update(`${key} ${line}`).digest('base64'),
    )
    const mask = createMasker([`-----BEGIN KEY-----\n${body.join('\n')}\n-----END KEY-----\n`]).bytes()
    for (const letter of letters)
      assert.equal(mask.push(Buffer.from(`waiting ${letter}\n`)).toString(), `waiting ${letter}\n`)
  }
})

function masked(secrets: string[], text: string): string {
  return createMasker(secrets).text(text)
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
    .replace(/\0+/g, '•••')
}
