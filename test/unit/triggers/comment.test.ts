import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import fc from 'fast-check'
import { load } from 'js-yaml'
import { commandHelp } from '../../../src/triggers/command-help.ts'
import { commands, type Command } from '../../../src/triggers/command.ts'
import { commandsAdded, parseComment } from '../../../src/triggers/comment.ts'
import { mayRun } from '../../../src/triggers/permit.ts'

const table = new URL('../../fixtures/triggers/comments.yaml', import.meta.url)
const cases = load(readFileSync(table, 'utf8')) as { comment: string; commands: Command[] }[]

for (const { comment, commands: expected } of cases) {
  test(`comment ${JSON.stringify(comment)}`, () => {
    assert.deepEqual(parseComment(comment), expected)
  })
}

test('the table has every command', () => {
  const seen = new Set<string>(cases.flatMap((one) => one.commands.map(({ name }) => name)))
  assert.deepEqual([...seen].sort(), [...Object.keys(commands), 'unknown'].sort())
})

test('of one comment ten commands are done, in order, and more are refused with a reason', () => {
  const lines = Array.from({ length: 11 }, (_, index) => `/qaack lock s${index}`)
  assert.deepEqual(
    parseComment(lines.slice(0, 10).join('\n')),
    lines.slice(0, 10).map((_, index) => ({ name: 'lock', service: `s${index}` })),
  )
  const all = parseComment(lines.join('\n'))
  assert.equal(all.length, 11)
  assert.match(JSON.stringify(all.at(-1)), /"unknown".*at most 10 commands/)
})

test('of an edited comment only what is new is done', () => {
  const added = (before: string, after: string) => commandsAdded(before, after).map(({ name }) => name)
  assert.deepEqual(added('/qaack build', '/qaack build\nplease'), [])
  assert.deepEqual(added('/qaack build', '/qaack url\n/qaack  BUILD\n/qaack logs'), ['url', 'logs'])
  assert.deepEqual(added('/qaack lock db', '/qaack lock web'), ['lock'])
  assert.deepEqual(added('/qaack build', '/qaack build\n/qaack build'), ['build'])
  assert.deepEqual(added('`/qaack build`', '/qaack build'), ['build'])
  assert.deepEqual(added('/qaack build\n/qaack url', ''), [])
})

test('what stood after the tenth command is not done because one before it went', () => {
  const lines = Array.from({ length: 12 }, (_, index) => `/qaack lock s${index}`)
  assert.deepEqual(commandsAdded(lines.join('\n'), lines.slice(2).join('\n')), [])
})

/** Lines of which Markdown is made, and with which it is broken. */
const prose = fc.constantFrom(
  ...['', 'text', '# title', '- item', '  - item', '1. item', '***', '---', 'a | b', '*so*', '[a](b)'],
)
const command = fc.constantFrom('/qaack build', '  /qaack delete', '/qaack', '/QAACK url')
const inside = fc.array(fc.oneof(command, prose, fc.constant('`'), fc.constant('<b>')), { maxLength: 6 })

const fenced = fc
  .tuple(fc.constantFrom('```', '~~~', '`````', '~~~~', '``` sh', '   ```'), inside)
  .map(([fence, lines]) => ['', 'so:', fence, ...lines, fence.replace(/[^`~]/g, ''), ''])
const quoted = inside.map((lines) => ['', ...lines.map((line) => `> ${line}`), ''])
const indented = inside.map((lines) => ['', ...lines.map((line) => `    ${line.trim()}`), ''])
const commented = inside.map((lines) => ['', '<!--', ...lines, '-->', ''])
const preformatted = inside.map((lines) => ['', '<pre>', ...lines, '</pre>', ''])
const plain = fc.array(prose, { maxLength: 4 })
const unspoken = fc.oneof(plain, fenced, quoted, indented, commented, preformatted)

test('no command in quotes, code or HTML comments is ever read, whatever stands around it', () => {
  fc.assert(
    fc.property(fc.array(unspoken, { maxLength: 8 }), (parts) => {
      assert.deepEqual(parseComment(parts.flat().join('\n')), [])
    }),
    { numRuns: 2000 },
  )
})

test('a command in a paragraph of its own is read, whatever stands around it', () => {
  fc.assert(
    fc.property(
      fc.array(unspoken, { maxLength: 4 }),
      fc.array(unspoken, { maxLength: 4 }),
      (before, after) => {
        const text = [...before.flat(), '', '/qaack run it', '', ...after.flat()].join('\n')
        assert.deepEqual(parseComment(text), [{ name: 'run', action: 'it' }])
      },
    ),
    { numRuns: 2000 },
  )
})

test('no text makes the reader fail, and the ends of lines do not matter', () => {
  const pieces = fc.constantFrom(
    '/qaack',
    ' ',
    '\n',
    '```',
    '~~~',
    '>',
    '<!--',
    '-->',
    '`',
    '<a b="',
    '\\',
    '- ',
    'x',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' }))), (parts) => {
      const text = parts.join('').replaceAll('\r', '')
      assert.deepEqual(parseComment(text.replaceAll('\n', '\r\n')), parseComment(text))
    }),
  )
})

test('the time it takes grows with the length of a comment, not faster', { timeout: 20_000 }, () => {
  for (const piece of [
    '`',
    '<!--',
    '<?',
    '<a b="',
    '- ',
    '> ',
    '[a',
    '\t',
    '1. a\n',
    '`\n``\n',
    '/qaack\n',
  ]) {
    const text = piece.repeat(200_000 / piece.length)
    assert.ok(Array.isArray(parseComment(`${text}\n\n/qaack url`)), piece)
  }
})

test('everybody may ask for help and addresses, the rest is for people who may write', () => {
  const free = cases
    .flatMap((one) => one.commands)
    .filter((one) => mayRun(one, false) === undefined)
    .map(({ name }) => name)
  assert.deepEqual([...new Set(free)].sort(), ['help', 'unknown', 'url'])
  assert.equal(
    mayRun({ name: 'build' }, false),
    '`/qaack build` is only for people who may write to this repository; everybody may use `/qaack help` and `/qaack url`',
  )
  for (const one of cases.flatMap((all) => all.commands)) assert.equal(mayRun(one, true), undefined)
})

test('the help names every command, and each as it is to be written', () => {
  const usages = [...commandHelp.matchAll(/^\| `\/qaack (\w+)(.*?)` \|/gm)]
  assert.deepEqual(
    usages.map(([, name]) => name),
    Object.keys(commands),
  )
  for (const [, name = '', takes = ''] of usages) {
    const written = takes.replace('COMMIT', 'abcdef0').replace(/[[\]]/g, '')
    assert.equal(parseComment(`/qaack ${name}${written}`)[0]?.name, name)
  }
})

test('the manual lists the same commands as the help', () => {
  const manual = readFileSync(new URL('../../../src/triggers/README.md', import.meta.url), 'utf8')
  const rows = (text: string) =>
    (text.match(/^\| `\/qaack .*$/gm) ?? []).map((row) => row.replace(/ +/g, ' '))
  assert.deepEqual(rows(manual), rows(commandHelp))
})
