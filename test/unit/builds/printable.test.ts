import assert from 'node:assert/strict'
import test from 'node:test'
import { plain, printable } from '../../../src/builds/printable.ts'

test('colours stay, all else that steers a terminal goes', () => {
  const table: [string, string][] = [
    ['\x1b[31mred\x1b[0m', '\x1b[31mred\x1b[0m'],
    ['\x1b[2J\x1b[Hcleared', 'cleared'],
    ['\x1b]52;c;c2VjcmV0\x07clipboard', 'clipboard'],
    ['\x1b]0;title\x1b\\text', 'text'],
    ['\x1bPsixel\x1b\\text', 'text'],
    ['\x1bcreset', 'reset'],
    ['bell\x07 back\x08 tab\t', 'bell back tab\t'],
    ['ümläut 漢字 🦆', 'ümläut 漢字 🦆'],
    ['\x1b]52;c;never ends', ''],
  ]
  for (const [given, expected] of table) assert.equal(printable(given), expected, JSON.stringify(given))
})

test('a sentence has no colours either', () => {
  assert.equal(plain('\x1b[1;31mfailed\x1b[0m: no\x1b'), 'failed: no')
})

test('a long line without an end of its sequence takes no time', () => {
  const began = process.hrtime.bigint()
  printable('\x1b['.repeat(200_000))
  printable(`\x1b]${'x'.repeat(500_000)}`)
  assert.ok(process.hrtime.bigint() - began < 2_000_000_000n)
})
