import assert from 'node:assert/strict'
import { test } from 'node:test'
import { payloadIn } from '../../../src/cli/receive-file.ts'

const payload = { action: 'opened', number: 1, sender: { login: 'ada' } }

test('a payload is understood alone and in what recorders make of it', () => {
  const recordings: unknown[] = [
    payload,
    { event: 'pull_request', payload },
    { name: 'pull_request', id: 'one', payload: JSON.stringify(payload) },
    { headers: { 'X-GitHub-Event': 'pull_request' }, payload },
    { headers: {}, body: payload },
    { 'x-github-event': 'pull_request', 'x-github-delivery': 'one', body: payload },
  ]
  for (const recording of recordings)
    assert.deepEqual(JSON.parse(payloadIn(JSON.stringify(recording), 'file')), payload)
})

test('a payload that has fields called so is one all the same', () => {
  const odd = { ...payload, payload: { text: 'mine' }, name: 'x' }
  assert.deepEqual(JSON.parse(payloadIn(JSON.stringify(odd), 'file')), odd)
})

test('what is no payload is refused by its name', () => {
  for (const text of ['', '{', '[]', '7', 'null', '{"event":"push","payload":[]}'])
    assert.throws(() => payloadIn(text, 'push.json'), /push\.json is not/)
  assert.throws(
    () => payloadIn('{"event":"push","payload":"{"}', 'push.json'),
    /the payload in push\.json is not JSON/,
  )
})
