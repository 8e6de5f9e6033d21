import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { plain } from '../../../src/demo/changes/plain.ts'

const shown = (markdown: string, width = 100) => plain(markdown, width).map(stripVTControlCharacters)
const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/reports/${name}.comment.md`, import.meta.url), 'utf8')

describe('a comment on a terminal', () => {
  test('its heading, its table in columns, its facts without their links, what is folded as one line', () => {
    assert.deepEqual(shown(`<!-- qaack change -->\n${fixture('ready')}`, 400), [
      '✅ Preview ready',
      '',
      'Service      Address',
      'web          https://pr-12--shop.qaack.example/',
      'api          https://serv-api-abcdefghij.qaack.example/',
      'admin (web)  https://admin-abcdefghij.qaack.example/',
      'v2 (api)     https://v2-api-abcdefghij.qaack.example/',
      '',
      'Clone: https://klonklonkl.qaack.example/',
      '',
      'Commit abc1234 merged into main at def5678 · build 3 · built in 1 min 3 s · ' +
        'expires 2027-01-15 10:00 UTC, 2 hours after it was created',
      '',
      '▸ Commands',
    ])
  })

  test('code stays as it is, prose is broken', () => {
    const lines = shown(fixture('approval'), 60)
    assert.ok(lines.includes('  /qaack approve abc1234000000000000000000000000000000000'))
    assert.ok(
      lines.every((line) => line.length <= 60),
      lines.join('\n'),
    )
  })

  test('code may have marks and a longer fence; one that is never closed ends with the text', () => {
    assert.deepEqual(shown('````text\n| a | **b** |\n```\n````\nafter'), [
      '  | a | **b** |',
      '  ```',
      'after',
    ])
    assert.deepEqual(shown('```\nopen'), ['  open'])
  })

  test('a word longer than the line is not broken', () => {
    assert.deepEqual(shown('see https://example.org/a-long-address now', 12), [
      'see',
      'https://example.org/a-long-address',
      'now',
    ])
  })

  test('what was escaped for the host reads as it was meant', () => {
    assert.deepEqual(shown('a \\*star\\* &lt;b&gt; &amp; @\u200bada'), ['a *star* <b> & @ada'])
  })
})
