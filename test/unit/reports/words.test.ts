import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  date,
  duration,
  lifetime,
  linesOf,
  sentence,
  sentenceAndDetails,
} from '../../../src/reports/words.ts'

test('durations are told as exactly as anybody needs', () => {
  const told = [0, 850, 1_000, 12_340, 59_949, 59_950, 63_000, 3_599_400, 3_599_600, 7_500_000].map(duration)
  assert.deepEqual(told, [
    '0 ms',
    '850 ms',
    '1.0 s',
    '12.3 s',
    '59.9 s',
    '1 min 0 s',
    '1 min 3 s',
    '59 min 59 s',
    '1 h 0 min',
    '2 h 5 min',
  ])
})

test('lifetimes are told in their largest whole unit', () => {
  assert.deepEqual([1, 59, 60, 90, 120, 1440, 2880, 1500].map(lifetime), [
    '1 minute',
    '59 minutes',
    '1 hour',
    '90 minutes',
    '2 hours',
    '1 day',
    '2 days',
    '25 hours',
  ])
})

test('times are told in UTC, to the minute', () => {
  assert.equal(date(1_800_000_059_999), '2027-01-15 08:00 UTC')
})

test('sentences begin with a capital, but not with a changed name, and end', () => {
  assert.equal(sentence('the change was merged'), 'The change was merged.')
  assert.equal(sentence('qaack/qaack.yml has 2 faults:'), 'qaack/qaack.yml has 2 faults:')
  assert.equal(sentence('  '), '')
})

test('a reason is its first line; the others are details', () => {
  assert.deepEqual(sentenceAndDetails('it failed\n\n  one\r\ntwo\n\n'), {
    sentence: 'it failed',
    details: ['  one', 'two'],
  })
  assert.deepEqual(linesOf('\n\n'), [])
})
