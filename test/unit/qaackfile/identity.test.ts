import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { Qaackfile, TemplateData } from '../../../src/qaackfile/qaackfile.ts'
import { readWithIdentity } from '../../../src/qaackfile/read.ts'
import { sample } from '../../../src/qaackfile/sample.ts'

const branch = sample('github', 'branch')
const change = sample('github', 'change')

/** The same, but for what is an environment's own. */
function another(data: TemplateData): TemplateData {
  const { Ref, Change } = data.Environment
  return {
    ...data,
    Environment: {
      Id: 'zzzzzzzzzz',
      Url: 'http://zzzzzzzzzz.qaack.localhost:3000',
      Domain: 'zzzzzzzzzz.qaack.localhost',
      Name: 'topic--shop',
      TTL: 90,
      CreatedAt: '2026-02-02T00:00:00.000Z',
      Ref: { Name: 'Topic/9', Type: Ref.Type, Hash: 'f'.repeat(40), ShortHash: 'fffffff', Slug: 'topic-9' },
      ...(Change
        ? {
            Change: {
              Number: '9',
              Title: 'Other',
              Author: 'else',
              Source: 'Topic/9',
              Target: 'dev',
              Fork: true,
            },
          }
        : {}),
    },
  }
}

function identity(text: string, data: TemplateData): Qaackfile {
  const read = readWithIdentity({ file: 'qaack.yml', text }, data)
  assert.ok('identity' in read, JSON.stringify(read.faults))
  return read.identity
}

const withVariable = (expression: string) =>
  `services: {web: {image: a, variables: {V: 'a ${expression} b'}}}`
const valueOf = (qaackfile: Qaackfile) => qaackfile.services[0]?.variables.V?.value

suite('what shows only facts of the environment itself', () => {
  const same = [
    ...['Id', 'Url', 'Domain', 'Name', 'TTL', 'CreatedAt'].map((name) => `{{ Environment.${name} }}`),
    ...['Name', 'Hash', 'ShortHash', 'Slug'].map((name) => `{{ Environment.Ref.${name} }}`),
    ...['Number', 'Title', 'Author', 'Source', 'Target', 'Fork'].map(
      (name) => `{{ Environment.Change.${name} }}`,
    ),
    '{{ .Environment.Ref.Hash }}',
    '{{ .Environment.Ref.Name | lower | slug }}',
    '{{ upper (env-safe Environment.Ref.Name) }}',
    '{{ default Environment.Change.Title "none" }}',
    '{{#with Environment.Ref}}{{ Name }}{{/with}}',
    '{{#with (slug Environment.Ref.Name)}}{{ this }}{{/with}}',
    '{{#with Environment.Ref.Name as |name|}}{{ name }}{{/with}}',
    '{{#each Environment.Ref}}{{#if (ne @key "Type")}}{{ this }}{{/if}}{{/each}}',
    '{{ lookup Environment.Ref "Name" }}',
    '{{#if Environment.Change}}{{ Environment.Change.Number }}{{/if}}',
    '{{#if (eq Environment.Ref.Type "change")}}{{ Environment.Id }}{{/if}}',
  ]
  for (const expression of same)
    test(`is the same for all: ${expression}`, () => {
      const [one, other] = [change, another(change)].map((data) =>
        valueOf(identity(withVariable(expression), data)),
      )
      assert.match(one ?? '', /qckfact[0-9a-f]{10}/)
      assert.equal(one, other)
    })

  test('is another for another expression', () => {
    const shown = same.slice(0, 16).map((expression) => valueOf(identity(withVariable(expression), change)))
    const helped = ['lower', 'upper', 'slug', 'env-safe'].map((helper) =>
      valueOf(identity(withVariable(`{{ ${helper} Environment.Ref.Slug }}`), change)),
    )
    assert.equal(new Set([...shown, ...helped]).size, 20)
  })
})

suite('what depends on more is as it is', () => {
  const kinds = [
    '{{ Environment.Ref.Type }} {{ Repository.Name }} {{ Group.Name }} {{ Instance.Url }}',
    '{{ lower Repository.Name }} {{ default Repository.Url "x" }} {{ RepositoryParam "GithubOwner" }}',
    '{{ eq Environment.Ref.Name "main" }} {{ not Environment.TTL }} {{ startsWith Environment.Ref.Name "m" }}',
    '{{ default Environment.TTL "without" }}',
    '{{ or Environment.TTL Environment.Ref.Name }}',
    '{{#each Environment.Ref}}{{ @key }} {{/each}}',
  ]
  for (const expression of kinds)
    test(expression, () => {
      const read = readWithIdentity({ file: 'f', text: withVariable(expression) }, branch)
      assert.ok('identity' in read)
      assert.equal(valueOf(read.identity), valueOf(read.qaackfile))
    })

  const conditions = [
    '{{#if (eq Environment.Ref.Name "main")}}A{{else}}B{{/if}}',
    '{{#unless Environment.TTL}}A{{/unless}}',
    '{{ default Environment.Change.Title "none" }}',
    '{{ eq Environment.Id "abcdefghij" }}',
    '{{ if startsWith .Environment.Ref.Name "m" }}A{{ end }}',
    '{{ and (eq Environment.Ref.Slug "main") "A" }}',
    '{{ or Environment.TTL "B" }}',
  ]
  for (const expression of conditions)
    test(`a condition is decided by the real facts: ${expression}`, () => {
      const other = expression.includes('Change') ? another(change) : another(branch)
      assert.notEqual(
        valueOf(identity(withVariable(expression), branch)),
        valueOf(identity(withVariable(expression), other)),
      )
    })
})

suite('random templates', () => {
  const fact = fc.constantFrom(
    'Environment.Id',
    'Environment.TTL',
    'Environment.Ref.Name',
    'Environment.Ref.Slug',
    'Environment.Ref.Type',
  )
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'small' },
      fact,
      fc.constantFrom('"main"', 'Repository.Name'),
      fc
        .tuple(fc.constantFrom('lower', 'upper', 'slug', 'env-safe', 'not'), tie('expression'))
        .map(([helper, one]) => `(${helper} ${one})`),
      fc
        .tuple(
          fc.constantFrom('eq', 'ne', 'and', 'or', 'default', 'startsWith', 'contains'),
          tie('expression'),
          tie('expression'),
        )
        .map(([helper, one, other]) => `(${helper} ${one} ${other})`),
    ),
  }))
  const environments = fc.record({
    Name: fc.constantFrom('main', 'Topic'),
    TTL: fc.constantFrom(0, 5),
    Id: fc.constantFrom('aaaaaaaaaa', 'bbbbbbbbbb'),
  })

  /** What comes out where every condition is known: the same text for environments that take the same ways. */
  test('whose conditions come out differently never look the same', () => {
    fc.assert(
      fc.property(expression, environments, environments, (asked, one, other) => {
        const [first, second] = [one, other].map(({ Name, TTL, Id }) => {
          const Ref = { ...branch.Environment.Ref, Name, Slug: Name.toLowerCase() }
          const data = { ...branch, Environment: { ...branch.Environment, Id, TTL, Ref } }
          const text = withVariable(
            `{{#if ${asked}}}A{{else}}B{{/if}} {{ ${asked.replace(/^\(|\)$/g, '')} }}`,
          )
          const read = readWithIdentity({ file: 'f', text }, data)
          assert.ok('identity' in read, JSON.stringify(read.faults))
          return { real: valueOf(read.qaackfile) ?? '', identity: valueOf(read.identity) ?? '' }
        })
        // `a A …` or `a B …`: which way the condition went.
        if (first?.real[2] !== second?.real[2]) assert.notEqual(first?.identity, second?.identity)
        if (JSON.stringify(one) === JSON.stringify(other)) assert.equal(first?.identity, second?.identity)
      }),
      { numRuns: 300 },
    )
  })
})

suite('a placeholder', () => {
  const image = 'services: {web: {image: "acme/{{ Environment.Ref.Slug }}:{{ Environment.Ref.Hash }}"'

  test('may stand in images and paths', () => {
    const [web] = identity(`${image}, path: "/srv/{{ Environment.Id }}"}}`, branch).services
    assert.match(web?.image ?? '', /^acme\/qckfact.{10}:qckfact/)
    assert.match(web?.path ?? '', /^\/srv\/qckfact/)
  })

  test('that cannot stand where it would have to leaves the file as it is', () => {
    for (const text of [
      'services: {web: {image: a, commands: {a: {run: x, timeout: "{{ Environment.Change.Number }}"}}}}',
      // Services and steps are known by their names.
      'services: {"web-{{ Environment.Change.Number }}": {image: a}}',
      'services: {web: {image: a, commands: {"step {{ Environment.Change.Number }}": x}}}',
    ]) {
      const read = readWithIdentity({ file: 'f', text }, change)
      assert.ok('identity' in read)
      assert.equal(read.identity, read.qaackfile)
    }
  })

  test('in what makes nothing does not count', () => {
    const text =
      'aliases: ["x-{{ Environment.Ref.Slug }}"]\nservices: {web: {image: a, port: 1, variables: {V: "{{ Environment.Id }}"}}}'
    assert.match(valueOf(identity(text, branch)) ?? '', /^qckfact/)
  })

  test('hides nothing that a fact brings into the file', () => {
    const title = (Title: string): TemplateData => {
      const { Change, ...environment } = change.Environment
      assert.ok(Change)
      return { ...change, Environment: { ...environment, Change: { ...Change, Title } } }
    }
    const text = 'services: {web: {image: a, commands: {install: echo {{ Environment.Change.Title }}}}}'
    const made = (one: string) =>
      identity(text, title(one)).services[0]?.steps.map(({ name, run }) => [name, ...run])
    assert.match(made('fine')?.[0]?.[1] ?? '', /^echo qckfact/)
    assert.deepEqual(made('x, evil: run'), [
      ['install', 'echo x'],
      ['evil', 'run'],
    ])
  })
})

test('a file with faults has no identity', () => {
  const read = readWithIdentity({ file: 'f', text: 'services: {web: {imag: a}}' }, branch)
  assert.ok(!('identity' in read))
  assert.ok(read.faults.length > 0)
})
