import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { readQaackfile, type Read } from '../../../src/qaackfile/read.ts'
import { sample } from '../../../src/qaackfile/sample.ts'

const data = sample('github', 'change')
const head = 'services: {web: {image: a}}\n'

function readInTime(text: string, milliseconds = 1000): Read {
  // Work, not time: other tests run beside this one.
  const began = process.cpuUsage()
  const read = readQaackfile({ file: 'f', text }, data)
  const { user, system } = process.cpuUsage(began)
  const took = (user + system) / 1000
  assert.ok(took < milliseconds, `took ${Math.round(took)} ms of work`)
  return read
}

const laughs = [
  'a: &a0 [x]',
  ...Array.from(
    { length: 40 },
    (_, index) => `b${index}: &a${index + 1} [*a${index}, *a${index}, *a${index}]`,
  ),
]
const loops = (depth: number) => '{{#each @root.Repository}}'.repeat(depth) + 'x' + '{{/each}}'.repeat(depth)
const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('')

const hostile: [title: string, text: string, fault: RegExp][] = [
  ['a file of 10 MB', '# x\n'.repeat(2_500_000), /at most 256 KiB/],
  ['a file just over the limit', head + '#'.repeat(256 * 1024), /at most 256 KiB/],
  ['lists nested 10,000 deep', '['.repeat(10_000), /nesting exceeded/],
  ['maps nested 10,000 deep', 'a: {'.repeat(10_000), /nesting exceeded/],
  [
    'blocks nested 10,000 deep',
    '{{#if Group}}'.repeat(10_000),
    /at most 5000 template expressions|nested more than/,
  ],
  [
    'blocks nested 1,000 deep and closed',
    '{{#if Group}}'.repeat(1000) + '{{/if}}'.repeat(1000),
    /nested more than 50 deep/,
  ],
  ['parentheses nested 10,000 deep', `{{ ${'('.repeat(10_000)} }}`, /nested too deep/],
  ['a pipeline of 10,000 parts', `{{ Group.Name ${'| lower '.repeat(10_000)}}}`, /more than 20 parts/],
  ['loops in loops', loops(12), /too much work/],
  [
    'a loop that writes much',
    `{{#each Repository}}{{#each @root.Repository}}${'x'.repeat(100_000)}{{/each}}{{/each}}`,
    /over 1 MiB/,
  ],
  [
    'a loop over a long text',
    `{{#each Repository}}${'{{#each @root.Repository}}'.repeat(5)}{{#if (contains "${'a'.repeat(200_000)}" "b")}}{{/if}}${'{{/each}}'.repeat(6)}`,
    /too much work/,
  ],
  [
    'patterns in loops',
    `${'{{#each @root.Repository}}'.repeat(5)}{{#if (matches "a" "(x{500}y{400}|z)")}}{{/if}}${'{{/each}}'.repeat(5)}`,
    /too much work/,
  ],
  [
    'thousands of patterns',
    `services:\n${many(3000, (index) => ` a${index}: {image: a, ready: {log: "x{900}y{90}"}}\n`)}`,
    /at most 24 services/,
  ],
  [
    'a loop that makes a long list',
    `a: [${'{{#each @root.Repository}}'.repeat(2)}${'x,'.repeat(30_000)}${'{{/each}}'.repeat(2)}]`,
    /more than 20000 parts/,
  ],
  ['aliases that multiply', laughs.join('\n'), /more than 20000 parts/],
  [
    'merges that multiply',
    `a: &a {${many(9000, (index) => `k${index}: 1,`)}}\n${many(9000, (index) => `b${index}: {<<: *a}\n`)}`,
    /more than 20000 parts/,
  ],
  ['an alias in its own anchor', 'services: &a [*a]', /alias names nothing/],
  [
    'a pattern that explodes',
    'services: {web: {image: a, ready: {log: "((a{100}){100}){100}"}}}',
    /RE2 pattern/,
  ],
  ['a pattern nested deep', `services: {web: {image: a, ready: {log: "${'('.repeat(900)}"}}}`, /RE2 pattern/],
  [
    'a long pattern',
    `services: {web: {image: a, ready: {log: "${'a'.repeat(5000)}"}}}`,
    /at most 1000 characters/,
  ],
  [
    'an image that makes patterns slow',
    `services: {web: {image: "${'a-'.repeat(100_000)}"}}`,
    /at most 500 characters/,
  ],
  ['an image near its limit', `services: {web: {image: "${'a.'.repeat(249)}"}}`, /must be an image/],
  ['a NUL', `${head}# \0`, /U\+0000/],
  ['a control character', `${head}# \u001b[2J`, /U\+001B/],
  ['half of a surrogate pair', `${head}# \ud83d`, /U\+D83D/],
  ['a NUL by its escape', 'services: {web: {image: a, start: "a\\0b"}}', /a NUL or half a character/],
  ['half of a pair by its escape', 'services: {web: {image: a, start: "\\ud83d"}}', /half a character/],
  ['a line separator', `${head}# \u2028`, /U\+2028/],
  ['a byte order mark in the middle', `${head}# \ufeff`, /U\+FEFF/],
  ['only control characters', '\u0001'.repeat(200_000), /U\+0001/],
  [
    'thousands of services that need each other',
    `services:\n${many(2400, (index) => `  s${index}: {image: a, depends_on: [s${(index + 1) % 2400}]}\n`)}`,
    /at most 24 services/,
  ],
  [
    'thousands of unknown services',
    `services:\n  web:\n    image: a\n    depends_on: [${many(19_000, (index) => `x${index},`)}]`,
    /names the service x0/,
  ],
  [
    'thousands of unknown keys',
    `services: {web: {image: a}}\n${many(15_000, (index) => `k${index}: 1\n`)}`,
    /not a key that is known/,
  ],
  ['thousands of wrong templates', '{{ x }}'.repeat(30_000), /at most 5000 template expressions/],
  ['braces without end', '{{'.repeat(120_000), /raw blocks|no }}/],
  ['quotes without end', `{{ ${'"'.repeat(100_001)}`, /no end|has no/],
  ['comments without end', '{{!--'.repeat(50_000), /comment has no end/],
  ['blanks before a wrong character', `{{${' '.repeat(200_000)}%}}`, /is not a name|cannot stand/],
  ['blanks after a name', `{{#if Group}}x${' '.repeat(200_000)}{{~/if}}`, /map with the key services|YAML/],
]

suite('a hostile file', () => {
  for (const [title, text, fault] of hostile) {
    test(`${title} is told as a fault within a second`, () => {
      const { faults } = readInTime(text)
      assert.match(faults.map(({ message }) => message).join('\n'), fault)
      assert.ok(faults.length <= 100)
    })
  }

  test('names of the prototype are names like others', () => {
    const read = readInTime(
      'aliases: {constructor: constructor}\nvariables: {constructor: 1, toString: 2, __defineGetter__: 3}\n' +
        'make_reusable: {constructor: {on: constructor.constructor}}\nquick_actions: {constructor: {command: x}}\n' +
        'services: {constructor: {image: a, port: 1, commands: {constructor: x, valueOf: y}}}',
    )
    assert.ok('qaackfile' in read)
    assert.deepEqual(Object.keys(read.qaackfile.variables), ['constructor', 'toString', '__defineGetter__'])
    assert.deepEqual(
      read.qaackfile.services[0]?.steps.map(({ name }) => name),
      ['constructor', 'valueOf'],
    )
  })

  test('__proto__ is refused wherever it stands', () => {
    for (const place of [
      'variables: {__proto__: 1}',
      '__proto__: 1',
      'make_reusable: {__proto__: {on: a.b}}',
      'aliases: {__proto__: web}',
    ]) {
      assert.match(readInTime(`${head}${place}`).faults[0]?.message ?? '', /__proto__ cannot be a name/)
    }
  })
})

suite('any text', () => {
  const piece = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '{{',
        '}}',
        '{{{',
        '}}}',
        '~',
        '- ',
        ' -',
        '#',
        '/',
        'if ',
        'end',
        'else',
        'range ',
        'each ',
        'with ',
        '|',
        '(',
        ')',
        '"',
        '`',
        '.',
        '$',
        '$x',
        ':=',
        ' as |a b|',
        '!--',
        '--',
        '/*',
        '*/',
        '\\',
        '&a ',
        '*a',
        '<<',
        '!',
        '%',
        '?',
        '>',
        '---',
      ),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        'services',
        'web',
        'image',
        'a',
        ': ',
        '\n',
        '\n  ',
        '{',
        '}',
        '[',
        ']',
        ', ',
        '- ',
        'Environment',
        '.Ref.Hash',
        'eq ',
        'lower ',
        '1',
        'true',
        'null',
        '__proto__',
        'constructor',
        'commands',
        'aliases',
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  )
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

  function isRead(one: string): void {
    const read = readInTime(one)
    const lines = one.split(/\r\n?|\n/)
    assert.ok('qaackfile' in read || read.faults.length > 0)
    for (const { line, column, message } of read.faults) {
      assert.ok(message.length > 0 && line >= 1 && line <= lines.length, `line ${line} of ${lines.length}`)
      assert.ok(column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1, `column ${column}`)
    }
  }

  test('is a Qaackfile or has faults, in places that it has, and never throws', () => {
    fc.assert(fc.property(text, isRead), { numRuns: 3000 })
  })

  test('also within a Qaackfile', () => {
    fc.assert(
      fc.property(text, text, (one, other) =>
        isRead(`services:\n  web:\n    image: a${one}\n    start: x\n${other}`),
      ),
      { numRuns: 2000 },
    )
  })
})
