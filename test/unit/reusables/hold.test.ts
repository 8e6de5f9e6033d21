import assert from 'node:assert/strict'
import test from 'node:test'
import type { Service } from '../../../src/qaackfile/qaackfile.ts'
import { readQaackfile } from '../../../src/qaackfile/read.ts'
import { samples } from '../../../src/qaackfile/sample.ts'
import { heldBack } from '../../../src/reusables/hold.ts'

function services(text: string): Service[] {
  const [data] = samples()
  assert.ok(data)
  const read = readQaackfile({ file: 'qaack.yml', text: `services:\n${text}` }, data)
  assert.ok('qaackfile' in read, JSON.stringify(read.faults))
  return read.qaackfile.services
}

const cases: [string, string, string[]][] = [
  ['one that nobody waits for', '  web: {image: web, commands: {one: echo}, start: serve}', ['web']],
  [
    'one that a service with steps waits for is not, nor what that one waits for',
    `  web: {image: web, depends_on: [db], commands: {one: echo}, start: serve}
  db: {image: db, depends_on: [disk], start: serve}
  disk: {image: disk, start: serve}`,
    ['web'],
  ],
  [
    'one that only a service without anything to do waits for',
    `  proxy: {image: proxy, depends_on: [web], start: serve}
  web: {image: web, commands: {one: echo}, start: serve}`,
    ['proxy', 'web'],
  ],
  ['the main process of an image cannot be', '  db: {image: db}', []],
]
for (const [what, text, held] of cases)
  test(`held back until everything is saved: ${what}`, () => {
    assert.deepEqual([...heldBack(services(text))], held)
  })
