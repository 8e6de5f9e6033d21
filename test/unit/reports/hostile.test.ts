import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { BuildRecord } from '../../../src/builds/build.ts'
import { reportOf } from '../../../src/reports/compose.ts'
import type { ReportFacts } from '../../../src/reports/facts.ts'
import { code, fence, text } from '../../../src/reports/markdown.ts'
import { service } from '../proxy/records.ts'
import { build, change, environment, facts, now, offered } from './records.ts'

/** What people have tried, in titles, branches and logs, to get out of the place they were put in. */
const attempts = [
  '```\n### Ready\n@all [click](https://evil.example)',
  '`````````',
  '<!-- qaack change2222 -->',
  '--> <script>alert(1)</script>',
  '</details></summary><img src=x onerror=alert(1)>',
  '@ada @acme/owners ada@example.org',
  '| cell | cell |\n| --- | --- |',
  '![x](https://evil.example/x.png) [x]: https://evil.example',
  'https://evil.example www.evil.example',
  'fixes #1, acme/shop#2, GH-3',
  '# heading\n- [ ] task\n1. one\n> quote\n---\n***',
  '&lt;b&gt; &#64;ada \\` \\',
  '\u202egnp.exe \u200b\u0000\u001b[2J\u001b]0;title\u0007',
  '$x$ :tada: ~~gone~~ **bold** _it_',
  '\ud800 half',
]

describe('text of people in a sentence', () => {
  for (const attempt of attempts) {
    test(`shows ${JSON.stringify(attempt.slice(0, 40))} as it is`, () => assertInert(text(attempt)))
  }

  test('is inert whatever it is', () => {
    fc.assert(fc.property(nasty(), (value) => assertInert(text(value))))
  })

  test('is cut between characters', () => {
    assert.equal(text('😀'.repeat(10), 4), '😀…')
    assert.equal(text('a'.repeat(10), 4), 'aaa…')
  })

  test('begins no list, heading or rule', () => {
    assert.equal(text('- one'), '\\- one')
    assert.equal(text('12. one'), '12\\. one')
    assert.equal(text('# one'), '\\# one')
    assert.equal(text('=== one'), '\\=== one')
  })
})

describe('a name as code', () => {
  test('cannot end its code', () => {
    fc.assert(
      fc.property(nasty(), (value) => {
        const shown = code(value)
        const [ticks = ''] = /^`+/.exec(shown) ?? []
        const inner = shown.slice(ticks.length, -ticks.length)
        assert.ok(shown.endsWith(ticks) && !inner.split(/[^`]+/).includes(ticks), shown)
        assert.doesNotMatch(shown, /[\n|]/)
      }),
    )
  })
})

describe('lines of a log', () => {
  test('cannot end their fence, and make no mark of ours', () => {
    fc.assert(
      fc.property(fc.array(nasty(), { maxLength: 5 }), (values) => {
        const lines = values.flatMap((value) => value.split('\n'))
        const shown = fence(lines).split('\n')
        const [ticks = ''] = /^`+/.exec(shown[0] ?? '') ?? []
        assert.ok(ticks.length >= 3)
        assert.equal(shown.at(-1), ticks)
        assert.deepEqual(
          shown.slice(1, -1).filter((line) => line.includes(ticks) || line.includes('<!--')),
          [],
        )
      }),
    )
  })
})

describe('a report made of hostile facts', () => {
  for (const attempt of attempts) {
    test(`stays itself with ${JSON.stringify(attempt.slice(0, 40))}`, () => {
      const plain = reportOf(hostile('plain words', 'failed'))
      const { comment, status, check, deployment } = reportOf(hostile(attempt, 'failed'))
      assert.deepEqual(shapeOf(comment?.body), shapeOf(plain.comment?.body))
      assert.doesNotMatch(`${comment?.body}${check?.summary}${check?.text}`, /<!--/)
      assert.doesNotMatch(withoutCode(`${comment?.body}\n${check?.summary}\n${check?.text}`), /<script|<img/)
      for (const line of [status?.description, check?.title, deployment?.description])
        // eslint-disable-next-line no-control-regex -- these are what must not be there
        assert.doesNotMatch(line ?? '', /[\n\u0000-\u001f\u202e]/)
      assert.ok([...`${comment?.body}`].every((character) => character.isWellFormed()))
    })
  }

  test('is bounded, however much there is of everything', () => {
    for (const filler of ['`', '@', '|\n', '<!-- ', '&', 'x\n', '😀', 'www.']) {
      for (const kind of ['failed', 'built', 'approval', 'ignored'] as const) {
        const report = reportOf(hostile(filler.repeat(2_000), kind, 200))
        assert.ok((report.comment?.body.length ?? 0) < 60_000, `${filler} ${report.comment?.body.length}`)
        assert.ok((report.check?.summary.length ?? 0) < 60_000)
        assert.ok((report.check?.text.length ?? 0) < 65_000, `${filler} ${report.check?.text.length}`)
        for (const line of [report.status?.description, report.check?.title, report.deployment?.description])
          assert.ok((line ?? '').length <= 140)
      }
    }
  })
})

describe('what nobody may read', () => {
  test('is taken out before it is escaped or cut', () => {
    const secret = 'p_s*w@rd'
    const said = `a ${secret} b`
    const fault = { file: 'qaack/qaack.yml', line: 1, column: 1, path: '', message: said }
    const given = facts({
      environment: environment({ state: 'failed', reason: said, serving: null }),
      build: build({ outcome: 'failed', reason: said, faults: [fault] }),
      log: `${said}\n`,
      mask,
    })
    const report = JSON.stringify(reportOf(given))
    assert.ok(report.includes('a HIDDEN b'), report)
    assert.doesNotMatch(report, /p\\*_s/)

    function mask(value: string): string {
      return value.replaceAll(secret, 'HIDDEN')
    }
  })
})

/** Everything that people have a hand in is `value`; `many` of what there may be many of. */
function hostile(value: string, kind: 'failed' | 'built' | 'approval' | 'ignored', many = 1): ReportFacts {
  const names = Array.from({ length: many }, (_, index) => `${index}${value}`)
  const step = { service: value, step: value, startedAt: now, endedAt: now, exitCode: 1 }
  const failed: Partial<BuildRecord> = {
    outcome: 'failed',
    reason: `It failed: ${value}\n${value}`,
    steps: names.map(() => step),
    faults: names.map((path, line) => ({ file: 'qaack/qaack.yml', line, column: 1, path, message: value })),
    source: { commit: offered, target: { name: value, hash: offered }, qaackfile: offered, trusted: true },
  }
  const state = kind === 'failed' ? 'failed' : 'built'
  const verdict = kind === 'approval' || kind === 'ignored' ? kind : 'build'
  return facts({
    change: change({
      title: value,
      author: value,
      source: value,
      target: value,
      fork: true,
      approved: { hash: kind === 'approval' ? 'f'.repeat(40) : offered, target: 'main', by: value, at: now },
      verdict: { kind: verdict, hash: offered, why: `not for us: ${value}` },
    }),
    environment: environment({
      state,
      reason: `It failed: ${value}\n${value}`,
      serving: state === 'built' ? { hash: 'f'.repeat(40), stale: true } : null,
      services: [
        service('main', { default: true }),
        ...names.map((name) => service(name, { aliases: [name] })),
      ],
      aliases: Object.fromEntries(names.map((name) => [name, name])),
    }),
    build: build(kind === 'failed' ? failed : kind === 'built' ? {} : { hash: 'f'.repeat(40) }),
    clones: names.map((_, index) => environment({ id: `klon${String(index).padStart(6, 'k')}`, name: null })),
    log: value,
  })
}

/** Headings, fences, tables and tags of ours, in order. */
function shapeOf(body: string | undefined): string[] {
  let end = ''
  return (body ?? '').split('\n').flatMap((line) => {
    if (end !== '') {
      if (line !== end) return []
      end = ''
      return ['fence']
    }
    const [ticks] = /^`{3,}/.exec(line) ?? []
    if (ticks) end = ticks
    return ticks ? ['fence'] : (/^(#{1,6} |\||<\/?[a-z]+>|---|[-*+] |\d+[.)] |> |===)/.exec(line)?.[0] ?? [])
  })
}

/** What is no code, in a fence or in a line. */
function withoutCode(body: string): string {
  return body.replace(/^(`{3,}).*\n[^]*?\n\1$/gm, '').replace(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '')
}

/** No character that means anything is left as it was. */
function assertInert(shown: string): void {
  const left = shown.replace(/\\[\\`*_[\]|~!$:#.)=+-]/g, 'x').replace(/&(amp|lt|gt);/g, 'x')
  assert.doesNotMatch(left, /[\\`*_[\]|~!$<>&\n]/, shown)
  assert.doesNotMatch(left, /@[^\u200b]|@$/, shown)
  assert.doesNotMatch(left, /#\d|GH-\d|www\.|:\S/i, shown)
  assert.doesNotMatch(left, /^([-+#=]|\d+[.)])/, shown)
}

function nasty() {
  const pieces = fc.constantFrom(
    ...attempts.flatMap((attempt) => attempt.split(/\b/)),
    '`',
    '\n',
    '\\',
    '@',
    '#',
    '1',
    ':',
  )
  return fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((list) => list.join('')),
    fc.string({ unit: 'binary' }),
  )
}
