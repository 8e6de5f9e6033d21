import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { readLines } from '../../../src/proxy/log-text.ts'

test('gives whole lines and how much of the last one has not ended', () => {
  assert.deepEqual(readLines('one\ntwo\nthr'), { lines: ['one', 'two'], rest: 3 })
  assert.deepEqual(readLines('one\n'), { lines: ['one'], rest: 0 })
  assert.deepEqual(readLines(''), { lines: [], rest: 0 })
})

test('takes out colours and other control characters', () => {
  assert.deepEqual(
    readLines('\u001b[31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007\u0000\u0008\u202eend\n')
      .lines,
    ['red linkend'],
  )
})

test('shows the last state of a line that was written over', () => {
  assert.deepEqual(readLines('10 %\r50 %\r100 %\r\nplain\r\n').lines, ['100 %', 'plain'])
})

test('cuts lines that are too long', () => {
  assert.equal(readLines(`${'x'.repeat(5_000)}\n`).lines[0]?.length, 1_001)
})

test('leaves no control character but tabs in any line', () => {
  const isControl = (character: string) =>
    character !== '\t' && (character < ' ' || (character >= '\u007f' && character <= '\u009f'))
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const line of readLines(`${text}\n`).lines) assert.ok(![...line].some(isControl))
    }),
  )
})
