import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { facts, table, type Column } from '../../../../src/cli/terminal/table.ts'
import { cut, oneLine, widthOf } from '../../../../src/cli/terminal/text.ts'

interface Row {
  id: string
  name: string
}

const layout: Column<Row>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'NAME', cell: ({ name }) => name, shrink: true },
]

test('columns are aligned under their titles', () => {
  const rows = [
    { id: 'a', name: 'main' },
    { id: 'abcdef', name: 'x' },
  ]
  assert.equal(table(layout, rows, null), 'ID      NAME\na       main\nabcdef  x')
})

test('a table that is too wide loses the end of its longest cells, and only of columns that may shrink', () => {
  const rows = [{ id: 'abcdefghij', name: 'a-branch-with-a-very-long-name' }]
  const [, line] = table(layout, rows, 30).split('\n')
  assert.equal(line, 'abcdefghij  a-branch-with-a-v…')
})

test('a table on a pipe is never cut', () => {
  const name = 'x'.repeat(500)
  assert.ok(table(layout, [{ id: 'a', name }], null).includes(name))
})

test('no line is wider than the terminal, whatever the cells hold', () => {
  const row = fc.record({
    id: fc.string({ maxLength: 5, unit: 'grapheme-ascii' }),
    name: fc.string({ unit: 'grapheme' }),
  })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), fc.integer({ min: 20, max: 60 }), (rows, columns) => {
      for (const line of table(layout, rows, columns).split('\n')) assert.ok(widthOf(line) <= columns, line)
    }),
  )
})

test('a cell cannot break out of its line or reach the terminal', () => {
  const evil = 'main\u001b[2J\u001b]0;title\u0007\r\nsecond\u0085\u2028third'
  const text = table(layout, [{ id: 'a', name: evil }], null)
  assert.equal(text.split('\n').length, 2)
  assert.equal(text, stripVTControlCharacters(text))
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
})

test('colours do not count as width and are not cut', () => {
  const painted: Column<Row>[] = [
    { title: 'S', cell: ({ name }) => name, paint: (text) => `\u001b[32m${text}\u001b[39m` },
    ...layout.slice(0, 1),
  ]
  const lines = table(
    painted,
    [
      { id: 'a', name: 'built' },
      { id: 'b', name: 'ok' },
    ],
    null,
  ).split('\n')
  assert.deepEqual(
    lines.map((line) => stripVTControlCharacters(line)),
    ['S      ID', 'built  a', 'ok     b'],
  )
})

test('wide characters take two columns', () => {
  assert.equal(widthOf('日本'), 4)
  assert.equal(widthOf('🚀'), 2)
  assert.equal(cut('日本語', 4), '日…')
})

test('facts without a text are left out', () => {
  assert.equal(
    facts([
      ['id', 'a'],
      ['reason', ''],
      ['address', 'b'],
    ]),
    'id       a\naddress  b',
  )
})

test('one line has no line breaks', () => {
  fc.assert(
    // eslint-disable-next-line no-control-regex
    fc.property(fc.string({ unit: 'binary' }), (text) => !/[\n\r\u2028\u2029\u001b]/.test(oneLine(text))),
  )
})
