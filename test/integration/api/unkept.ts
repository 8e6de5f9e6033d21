import assert from 'node:assert/strict'
import { QaackError } from '../../../src/errors.ts'
import type { Parts } from '../../../src/parts.ts'

/** What cannot be kept is answered as such, so that the host shows it as failed, or sends it again. */
export async function refusesWhatCannotBeKept(
  parts: Parts,
  call: () => Promise<{ status: number; body: unknown }>,
): Promise<void> {
  const { store } = parts
  const failures: [Error, number, RegExp][] = [
    [new QaackError('store_unavailable', 'The database is away.'), 503, /^The database is away\.$/],
    [new QaackError('disk_full', 'The disk is full.'), 507, /^The disk is full\.$/],
    [new TypeError('a fault of ours'), 500, /our fault/],
  ]
  for (const [failure, status, sentence] of failures) {
    parts.store = { ...store, commit: () => Promise.reject(failure) }
    const answer = await call()
    assert.equal(answer.status, status)
    const { error } = answer.body as { error: string }
    assert.match(error, sentence)
    assert.doesNotMatch(error, /TypeError/)
  }
  parts.store = store
  assert.equal((await call()).status, 202)
}
