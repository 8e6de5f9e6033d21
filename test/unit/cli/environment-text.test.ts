import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commandLine } from '../../../src/cli/env-exec.ts'
import { environmentTable, environmentText, sizeText } from '../../../src/cli/environment-text.ts'

const now = Date.parse('2026-01-01T12:00:00Z')
const plain = (text: string) => text

const built = {
  id: 'abcdefghij',
  repository: 'shop',
  gitRef: { name: 'main', type: 'branch', hash: '0123456789abcdef' },
  status: 'built',
  weburl: 'http://abcdefghij.qaack.localhost:3000',
  createdAt: '2026-01-01T11:00:00Z',
  builtAt: '2026-01-01T11:55:00Z',
  buildTime: 62,
  serving: { hash: 'fedcba9876543210', stale: true },
  services: [
    {
      id: 's1',
      name: 'web',
      url: 'http://abcdefghij.qaack.localhost:3000',
      state: 'ready',
      locked: false,
      default: true,
    },
    { id: 's2', name: 'db', state: 'running', locked: true, default: false },
  ],
}

test('an environment is one line of the list', () => {
  const tag = {
    ...built,
    id: 'klmnopqrst',
    gitRef: { name: 'v1', type: 'tag' },
    status: 'queued',
    queuePosition: 2,
    serving: null,
  }
  assert.equal(
    environmentTable([built, tag], now, plain, null),
    [
      'ID          REPOSITORY  REF     STATE         SINCE      ADDRESS',
      'abcdefghij  shop        main    built, stale  5 min ago  http://abcdefghij.qaack.localhost:3000',
      'klmnopqrst  shop        tag v1  queued (2)    5 min ago  http://abcdefghij.qaack.localhost:3000',
    ].join('\n'),
  )
})

test('where no time is known, there is no column for it', () => {
  const { id, repository, gitRef, status } = built
  const undated = { id, repository, gitRef, status }
  assert.match(environmentTable([undated], now, plain, null), /^ID +REPOSITORY +REF +STATE +ADDRESS\n/)
  assert.match(environmentTable([undated, built], now, plain, null), /^ID +REPOSITORY +REF +STATE +SINCE /)
  assert.match(environmentTable([], now, plain, null), / SINCE /)
})

test('everything about an environment, with its services', () => {
  const reusable = { used: 'deps', saved: ['seeded'], why: 'nothing has changed' }
  const text = environmentText({ ...built, reusable, reason: 'first\nsecond', size: 1536 }, now, plain, null)
  assert.match(text, /^started {5}from deps: nothing has changed$/m)
  assert.match(text, /^saved {7}seeded$/m)
  assert.match(text, /^ref {9}main at 0123456$/m)
  assert.match(text, /^serving {5}fedcba9, older than what was wanted$/m)
  assert.match(text, /^reason {6}first\n {12}second$/m)
  assert.match(text, /^built {7}5 min ago, in 1 min 2 s$/m)
  assert.match(text, /^web \(default\) {2}ready/m)
  assert.match(text, /^db {13}running, locked$/m)
})

test('a narrow terminal cuts names, never an address', () => {
  const repository = 'a-repository-with-a-long-name'
  const [, line] = environmentTable([{ ...built, repository }], now, plain, 80).split('\n')
  assert.match(line ?? '', /^abcdefghij {2}a-repos… .*http:\/\/abcdefghij\.qaack\.localhost:3000$/)
})

test('an empty environment says no more than it knows', () => {
  const { id, repository, gitRef } = built
  assert.equal(
    environmentText({ id, repository, gitRef, status: 'empty' }, now, plain, null),
    'id          abcdefghij\nrepository  shop\nref         main at 0123456\nstate       empty',
  )
})

test('sizes are told in binary units', () => {
  assert.deepEqual([0, 512, 1536, 1024 ** 2, 5.25 * 1024 ** 3].map(sizeText), [
    '0 B',
    '512 B',
    '1.5 KiB',
    '1 MiB',
    '5.3 GiB',
  ])
})

test('one argument is a line for the shell, several are quoted', () => {
  assert.equal(commandLine(['echo "$HOME" | wc -c']), 'echo "$HOME" | wc -c')
  assert.equal(commandLine(['ls', '-la', '/app']), 'ls -la /app')
  assert.equal(commandLine(['echo', '$HOME', "it's", '']), `echo '$HOME' 'it'\\''s' ''`)
})
