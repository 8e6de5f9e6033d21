import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { readQaackfile } from '../../../src/qaackfile/read.ts'
import { sample } from '../../../src/qaackfile/sample.ts'

const data = sample('gitlab', 'branch')

function placesOf(text: string): string[] {
  return readQaackfile({ file: 'f', text }, data).faults.map(({ line, column }) => `${line}:${column}`)
}

suite('places of faults after rendering', () => {
  test('lines that the template took away count', () => {
    assert.deepEqual(placesOf('{{#if (eq 1 2)}}\na\nb\n{{/if}}\nservices:\n  web: {image: a, port: 0}'), [
      '6:25',
    ])
  })

  test('a fault in a line behind an expression has its column as written', () => {
    assert.deepEqual(placesOf('services: {web: {image: "a:{{ .Environment.Ref.Hash }}", port: 0}}'), ['1:64'])
  })

  test('a fault in what an expression made is at the expression', () => {
    assert.deepEqual(placesOf('services: {web: {image: a, port: {{ .Repository.Name }}}}'), ['1:34'])
  })

  test('each turn of a loop points into the loop', () => {
    assert.deepEqual(
      placesOf('services:\n{{ range $k, $v := .Group }}\n  {{ $k | lower }}: {image: A}\n{{ end }}'),
      ['3:29', '3:29'],
    )
  })

  test('whitespace that was trimmed counts', () => {
    assert.deepEqual(
      placesOf('services:\n  web:\n    image: a\n    {{- if .Group }}\n\n    port: 0\n    {{- end }}\n'),
      ['6:11'],
    )
  })

  test('what stands around an expression never moves a fault', () => {
    const filler = fc.stringMatching(/^[a-z \n#]{0,20}$/)
    fc.assert(
      fc.property(
        filler,
        filler,
        fc.constantFrom('{{ .Group.Name }}', '{{#if Group}}x\ny{{/if}}', '{{/* c\n */}}', '{{! x }}'),
        (before, after, tag) => {
          const head = `# ${before}`.replaceAll('\n', '\n# ')
          const tail = `# ${after}`.replaceAll('\n', '\n# ')
          const lead = `${head}\n# ${tag.replaceAll('\ny', ' y')}\n${tail}\n`
          const line = lead.split('\n').length
          assert.deepEqual(placesOf(`${lead}services: {web: {image: a, port: 0}}`), [`${line}:34`])
        },
      ),
      { numRuns: 200 },
    )
  })
})
