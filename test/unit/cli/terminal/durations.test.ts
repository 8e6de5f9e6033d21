import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distanceText, durationText, minutesOf } from '../../../../src/cli/terminal/durations.ts'

test('a duration is told in at most two units', () => {
  const told: [number, string][] = [
    [0, '0 s'],
    [1.44, '1.4 s'],
    [9.96, '10 s'],
    [42.4, '42 s'],
    [60, '1 min'],
    [185, '3 min 5 s'],
    [7200, '2 h'],
    [7260 + 59, '2 h 1 min'],
    [9 * 86_400 + 4 * 3600 + 5, '9 d 4 h'],
  ]
  for (const [seconds, text] of told) assert.equal(durationText(seconds), text)
})

test('a time is told as its distance from now', () => {
  const now = Date.parse('2026-01-01T12:00:00Z')
  assert.equal(distanceText('2026-01-01T11:57:00Z', now), '3 min ago')
  assert.equal(distanceText('2026-01-01T14:00:00Z', now), 'in 2 h')
  assert.equal(distanceText(undefined, now), '')
  assert.equal(distanceText('not a time', now), '')
})

test('times to live are minutes, or a number with its unit', () => {
  const read: [string, number | undefined][] = [
    ['90', 90],
    ['90m', 90],
    ['8h', 480],
    ['3 d', 4320],
    ['1w', 10_080],
    // too long is for the server to say, which knows the most
    ['99999999d', 143_999_998_560],
    ['0', 0],
    ['1.5h', undefined],
    ['-5', undefined],
    ['8y', undefined],
    ['', undefined],
    ['h', undefined],
  ]
  for (const [text, minutes] of read) assert.equal(minutesOf(text), minutes, text)
})
