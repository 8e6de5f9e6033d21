import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { octokitLog } from '../../../../src/hosts/github/log.ts'

test('an error is told with its name, message and place, and without the delivery that hangs on it', () => {
  const lines: string[] = []
  const log = octokitLog(pino({}, { write: (line: string) => void lines.push(line) }))
  const inner = Object.assign(new TypeError('the signature does not match'), {
    event: { payload: 'x'.repeat(10_000), signature: 'sha256=00' },
  })
  log.error(Object.assign(new AggregateError([inner], 'it failed'), { event: inner.event }))
  log.error(inner, 'look at the secret')
  assert.equal(lines.length, 2)
  const [first, second] = lines.map(
    (line) => JSON.parse(line) as { msg: string; err: Record<string, string> },
  )
  assert.equal(first?.msg, 'it failed')
  assert.equal(second?.msg, 'look at the secret')
  assert.equal(second?.err['message'], 'the signature does not match')
  assert.match(second?.err['stack'] ?? '', /TypeError: the signature.*log\.test/s)
  assert.doesNotMatch(lines.join(''), /xxx|sha256/)
})
