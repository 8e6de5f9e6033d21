import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { TemplateData } from '../../../src/qaackfile/qaackfile.ts'
import { renderQaackfile } from '../../../src/qaackfile/read.ts'
import { sample } from '../../../src/qaackfile/sample.ts'

const branch = sample('gitlab', 'branch')
const change = sample('gitlab', 'change')

function render(text: string, data: TemplateData = branch): string {
  const result = renderQaackfile({ file: 'f', text }, data)
  return 'rendered' in result
    ? result.rendered
    : result.faults.map(({ line, column, message }) => `${line}:${column} ${message}`).join('\n')
}

const same: [template: string, rendered: string][] = [
  ['{{ .Environment.Ref.ShortHash }}', '0123456'],
  ['{{Environment.Ref.ShortHash}}', '0123456'],
  ['{{{Environment.Ref.ShortHash}}}', '0123456'],
  ['{{ $.Repository.Type }}', 'gitlab'],
  ['{{#if (eq Repository.Type "gitlab")}}a{{else}}b{{/if}}', 'a'],
  ['{{ if eq .Repository.Type "github" }}a{{ else }}b{{ end }}', 'b'],
  ['{{ if eq .Repository.Type "x" }}a{{ else if eq .Repository.Type "gitlab" }}b{{ else }}c{{ end }}', 'b'],
  ['{{ if (eq .Repository.Type "gitlab") }}a{{/if}}', 'a'],
  ['{{#if Environment.Change}}a{{ end }}', ''],
  ['{{#unless Environment.Change}}a{{/unless}}', 'a'],
  ['{{ eq .Repository.Type "gitlab" }}a{{ end }}', 'a'],
  ['{{ eq .Repository.Type "github" }}a{{ else }}b{{ end }}', 'b'],
  ['{{#eq Repository.Type "gitlab"}}a{{/eq}}', 'a'],
  ['{{ eq .Repository.Type "gitlab" }}', 'true'],
  ['{{ if eq .Repository.Type "gitlab" }}{{ eq 1 1 }}{{ end }}', 'true'],
  ['{{ eq .Repository.Type "github" "gitlab" }}', 'true'],
  ['{{ ne .Repository.Type "gitlab" }}', 'false'],
  ['{{ if and (eq 1 1) (not (eq 1 2)) }}a{{ end }}', 'a'],
  ['{{ if or .Environment.Change (eq 1 2) }}a{{ else }}b{{ end }}', 'b'],
  ['{{ lt 2 10 }} {{ gt 2 10 }}', 'true false'],
  ['{{ .Repository.Name | upper }}', 'SHOP'],
  ['{{ .Repository.Name | upper | lower | printIt }}', '1:39 there is no helper printIt.'],
  ['{{ slug "Ä b/C" }}', 'a-b-c'],
  ['{{ env-safe "a-b.c" }}', 'A_B_C'],
  ['{{ default Environment.Change.Title "none" }}', 'none'],
  ['{{ .Environment.Change.Title | default "none" }}', 'none'],
  ['{{ default "none" .Environment.Change.Title }}', 'none'],
  ['{{ matches Environment.Ref.Name "^m.+n$" }}', 'true'],
  ['{{ startsWith Environment.Ref.Name "ma" }}{{ endsWith Environment.Ref.Name "x" }}', 'truefalse'],
  ['{{ .Environment.Ref.Name | contains "ai" }}', 'true'],
  ['{{ RepositoryParam "GitlabProjectGroup" }}', 'gitlabprojectgroup'],
  ['{{ lookup Repository "Type" }}', 'gitlab'],
  ['{{ with .Environment.Ref }}{{ .Name }}{{ end }}', 'main'],
  ['{{#with Environment}}{{Ref.Name}}{{../Group.Name}}{{@root.Group.Name}}{{/with}}', 'mainacmeacme'],
  ['{{ range $k, $v := .Group }}{{ $k }}={{ $v }};{{ end }}', 'Id=uvwxyz2345;Name=acme;'],
  ['{{ range .Group }}{{ . }};{{ end }}', 'uvwxyz2345;acme;'],
  ['{{#each Group as |v k|}}{{k}}={{v}}{{#unless @last}},{{/unless}}{{/each}}', 'Id=uvwxyz2345,Name=acme'],
  ['a {{- 1 -}} b', 'a1b'],
  ['a {{~ 1 ~}} b', 'a1b'],
  ['a{{/* a }} comment */}}b{{! another }}c{{!-- a }} third --}}', 'abc'],
  ['{{ "{{" }} \\{{ x }}', '{{ {{ x }}'],
  ['{{ `a"b` }}', 'a"b'],
  ['a: "<&>"{{ "<&>" }}', 'a: "<&>"<&>'],
  ['a: {b: {c: d}}', 'a: {b: {c: d}}'],
  ['a: {b: {{ .Group.Name }}}', 'a: {b: acme}'],
  ['a: {b: {{Group.Name}} }}', 'a: {b: acme }}'],
]

suite('templates', () => {
  for (const [template, rendered] of same) test(template, () => assert.equal(render(template), rendered))

  test('a tag of Handlebars that stands alone takes its line, one of Go does not', () => {
    assert.equal(render('a\n  {{#if Group}}\nb\n  {{else}}\nc\n  {{/if}}\nd'), 'a\nb\nd')
    assert.equal(render('a\n  {{- if .Group }}\nb\n  {{- end }}\nc'), 'a\nb\nc')
  })

  test('what only changes have is there in a change', () => {
    assert.equal(
      render('{{ .Environment.Change.Number }}{{ if .Environment.Change.Fork }}f{{ end }}', change),
      '7',
    )
  })
})

const faults: [template: string, fault: string | RegExp][] = [
  ['a\n b {{ .Environment.Hash }}', '2:7 Environment has no Hash. Did you mean Environment.Ref.Hash?'],
  ['{{Enviroment.Id}}', '1:3 there is no name Enviroment.Id here. Did you mean Environment.Id?'],
  ['{{Environment.Change.Title}}', /^1:3 Environment.Change.Title is there for changes only/],
  ['{{Environment}}', /group of values; ask for one of them: Id, Url/],
  ['{{ if Foo }}{{ end }}', /there is no name Foo here/],
  ['{{ loud "x" }}', '1:4 there is no helper loud.'],
  ['{{ lowr "x" }}', '1:4 there is no helper lowr. Did you mean lower?'],
  ['{{ lower "x" "y" }}', '1:4 lower takes 1 value, not 2'],
  [
    '{{ RepositoryParam "GitlabProject" }}',
    /^1:4 this repository has no parameter GitlabProject; .*Did you mean GitlabProject/,
  ],
  ['{{ matches "a" "(" }}', /is no RE2 pattern: missing closing \)/],
  ['{{ lt "a" 1 }}', /lt compares numbers, and a is none/],
  ['{{ if eq 1 1 }}', '1:1 this if block is not closed'],
  ['{{ end }}', '1:1 this end closes nothing'],
  ['{{ else }}', '1:1 this else belongs to no block'],
  ['{{#if Group}}{{/each}}', /\/each cannot close the if block/],
  ['{{ (eq 1 1 }}', '1:4 this ( is not closed'],
  ['{{ eq 1 1) }}', '1:10 this ) closes nothing'],
  ['{{ Group.Name | }}', /a name or a helper is missing/],
  ['{{ }}', '1:1 a name is missing between the braces'],
  ['{{ a', '1:1 this {{ has no }}'],
  ['{{ "a }}', '1:4 this quoted text has no end'],
  ['{{> partial }}', /partials and decorators/],
  ['{{#*inline "x"}}{{/inline}}', /partials and decorators/],
  ['{{#> x}}{{/x}}', /partials and decorators/],
  ['{{{{raw}}}}', /raw blocks/],
  ['{{ define "x" }}', /define is not known here/],
  ['{{constructor}}', /there is no name constructor/],
  ['{{Environment.constructor.constructor}}', /Environment has no constructor/],
  ['{{__proto__.x}}', /there is no name __proto__/],
  ['{{lookup Environment "__proto__"}}', /Environment has no __proto__/],
  ['{{RepositoryParams.GithubRepo}}', /there is no name RepositoryParams/],
  ['{{helperMissing}}', /there is no name helperMissing/],
  ['{{#blockHelperMissing Group}}{{/blockHelperMissing}}', /there is no block blockHelperMissing/],
  ['{{ $x := 1 }}', /cannot stand here/],
  ['{{../x}}', /leads out of the data/],
  ['{{@secret}}', /there is no @secret/],
]

suite('faults of a template', () => {
  for (const [template, fault] of faults) {
    test(template, () => {
      const [first] = render(template).split('\n')
      if (typeof fault === 'string') assert.equal(first, fault)
      else assert.match(first ?? '', fault)
    })
  }

  test('are told all at once', () => {
    assert.deepEqual(
      render('{{A}}\n{{B}}{{#if Group}}{{C}}{{/if}}')
        .split('\n')
        .map((line) => line.split(' ')[0]),
      ['1:3', '2:3', '2:21'],
    )
  })
})
