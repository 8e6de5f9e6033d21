import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readServerEvents, type ServerEvent } from '../../../../src/cli/client/server-events.ts'

async function read(chunks: string[]): Promise<ServerEvent[]> {
  const result: ServerEvent[] = []
  // eslint-disable-next-line @typescript-eslint/require-await
  const source = (async function* () {
    yield* chunks
  })()
  for await (const message of readServerEvents(source)) result.push(message)
  return result
}

test('messages are read with their ids; comments and empty messages are not', async () => {
  const text =
    'retry: 2000\n\n: still here\n\nid: 7\ndata: {"seq":7}\n\nevent: other\nid: 8\ndata: a\ndata: b\n\n'
  assert.deepEqual(await read([text]), [
    { id: '7', event: 'message', data: '{"seq":7}' },
    { id: '8', event: 'other', data: 'a\nb' },
  ])
})

test('a message that is cut off is not told', async () => {
  assert.deepEqual(await read(['data: whole\n\ndata: half']), [{ id: '', event: 'message', data: 'whole' }])
})

test('where the text is cut and how lines end changes nothing', async () => {
  const line = fc.stringMatching(/^[ -~é]{0,12}$/)
  const messages = fc.array(
    fc.record({ id: fc.nat().map(String), data: fc.array(line, { minLength: 1, maxLength: 3 }) }),
  )
  const property = fc.asyncProperty(
    messages,
    fc.constantFrom('\n', '\r\n', '\r'),
    fc.infiniteStream(fc.nat({ max: 9 })),
    async (sent, end, sizes) => {
      const text = sent
        .map(({ id, data }) => `id: ${id}${end}${data.map((one) => `data: ${one}${end}`).join('')}${end}`)
        .join('')
      // A lone CR at the very end may still become a CRLF, so something has to follow it.
      const expected = sent.map(({ id, data }) => ({ id, event: 'message', data: data.join('\n') }))
      assert.deepEqual(await read(pieces(`${text}: end`, sizes)), expected)
    },
  )
  await fc.assert(property)
})

function pieces(text: string, sizes: Iterator<number>): string[] {
  const result: string[] = []
  for (let at = 0; at < text.length;) {
    const size = 1 + (sizes.next().value as number)
    result.push(text.slice(at, at + size))
    at += size
  }
  return result
}

test('a message without an end is refused before it fills the memory', async () => {
  await assert.rejects(read(Array.from({ length: 20 }, () => 'x'.repeat(100_000))), /larger than 1 MiB/)
})
