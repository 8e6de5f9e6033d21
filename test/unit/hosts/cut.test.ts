import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cutLine, cutMarkdown } from '../../../src/hosts/cut.ts'

test('short text stays as it is', () => {
  assert.equal(cutMarkdown('a\nb', 1000), 'a\nb')
})

test('long text ends after a line and says that it was cut', () => {
  const cut = cutMarkdown('0123456789\n'.repeat(100), 500)
  assert.match(cut, /9\n\n_This text was too long; the rest was left out\._$/)
  assert.ok(cut.length <= 500)
})

test('a code block that is cut is closed as it was opened', () => {
  const cut = cutMarkdown(`text\n\n\`\`\`\`sh\n${'a\n```\n'.repeat(100)}`, 500)
  assert.match(cut, /\n````\n\n_This/)
  const done = cutMarkdown(`~~~\ncode\n~~~\n${'text\n'.repeat(100)}`, 400)
  assert.doesNotMatch(done.slice(10), /~~~\n\n_/)
})

test('whatever the text, the limit holds', () => {
  const text = fc
    .array(fc.constantFrom('```\n', '~~~~\n', 'x', '\n', 'ü', '🚢'))
    .map((parts) => parts.join('').repeat(50))
  fc.assert(fc.property(text, (long) => cutMarkdown(long, 300).length <= 300))
})

test('a line has no breaks and an ellipsis where it was cut', () => {
  assert.equal(cutLine(' a\n b ', 10), 'a b')
  assert.equal(cutLine('0123456789a', 10), '012345678…')
})

test('no character is cut in two', () => {
  assert.equal(cutLine(`${'x'.repeat(8)}🚢 and more`, 10), `${'x'.repeat(8)}…`)
  const whole = fc.integer({ min: 250, max: 320 }).map((limit) => cutMarkdown(`x${'🚢'.repeat(400)}`, limit))
  fc.assert(fc.property(whole, (cut) => cut.isWellFormed()))
})
