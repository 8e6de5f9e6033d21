import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { ask, each } from '../../../../src/hosts/gitlab/ask.ts'
import { createClient } from '../../../../src/hosts/gitlab/client.ts'
import { ManualClock } from '../../../fakes/clock.ts'

const clock = new ManualClock()

async function asker(fetch: typeof globalThis.fetch) {
  return { client: await createClient({ clock, fetch }, 'https://git.example.org', 'glpat'), clock }
}

test('an answer without end is not read to its end', async () => {
  let sent = 0
  const chunk = new Uint8Array(8 * 1024 * 1024).fill(32)
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1
        // So that this test ends where nobody else makes it.
        if (sent > 100) controller.close()
        else controller.enqueue(chunk)
      },
    })
  const at = await asker(() => Promise.resolve(new Response(endless())))
  await assert.rejects(ask(at, 'GET', 'projects/42', {}, z.unknown()), {
    kind: 'unavailable',
    message: 'GitLab answered more than 128 MiB to GET projects/42',
  })
  assert.ok(sent < 20, String(sent))
})

test('a list without end is given up', async () => {
  let asked = 0
  const at = await asker(() => {
    asked += 1
    if (asked > 5000) throw new Error('it was followed for ever')
    const next = `<https://git.example.org/api/v4/projects?page=${asked + 1}>; rel="next"`
    return Promise.resolve(Response.json([], { headers: { link: next } }))
  })
  const all = async () => {
    for await (const one of each(at, 'projects', {}, z.unknown())) assert.ok(one)
  }
  await assert.rejects(all(), { kind: 'unavailable', message: /^GitLab has no end of GET projects/ })
})
