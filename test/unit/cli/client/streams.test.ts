import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { unseen } from '../../../../src/cli/client/streams.ts'

async function read(seen: { text: string }, chunks: string[]): Promise<string> {
  // eslint-disable-next-line @typescript-eslint/require-await
  const source = (async function* () {
    yield* chunks
  })()
  let result = ''
  for await (const chunk of unseen(seen, source)) result += chunk
  return result
}

test('a log that is opened again goes on where it broke off', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.string()),
    fc.array(fc.string()),
    fc.array(fc.string()),
    async (before, again, after) => {
      const seen = { text: '' }
      assert.equal(await read(seen, before), before.join(''))
      const whole = [before.join(''), ...after]
      assert.equal(await read(seen, [...split(whole.join(''), again.length + 1)]), after.join(''))
      assert.equal(seen.text, whole.join(''))
    },
  )
  await fc.assert(property)
})

test('another log is read whole', async () => {
  const seen = { text: '==> build 1\nweb | a\n' }
  assert.equal(await read(seen, ['==> build', ' 2\n', 'web | b\n']), '==> build 2\nweb | b\n')
  assert.equal(seen.text, '==> build 2\nweb | b\n')
})

test('a log that breaks off before the known part is over keeps what is known', async () => {
  const seen = { text: 'abcdef' }
  assert.equal(await read(seen, ['abc']), '')
  assert.equal(await read(seen, ['abcdef', 'ghi']), 'ghi')
})

function split(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
    text.slice(at * size, (at + 1) * size),
  )
}
