import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Joined } from '../../../src/repositories/joined.ts'

/** Work that ends when it is told to. */
function work() {
  const runs: { signal: AbortSignal; end: (value: string) => void; fail: (error: Error) => void }[] = []
  const joined = new Joined<string>((signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    runs.push({ signal, end: resolve, fail: reject })
    return promise
  })
  return { runs, joined }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('all who ask while it runs share one more run', async () => {
  const { runs, joined } = work()
  const first = joined.ask()
  await turn()
  const others = [joined.ask(), joined.ask()]
  await turn()
  assert.equal(runs.length, 1)
  runs[0]?.end('one')
  assert.equal(await first, 'one')
  await turn()
  assert.equal(runs.length, 2)
  runs[1]?.end('two')
  assert.deepEqual(await Promise.all(others), ['two', 'two'])
  await joined.idle()
})

test('a run that failed does not stop the next', async () => {
  const { runs, joined } = work()
  const first = joined.ask()
  const next = joined.ask()
  await turn()
  runs[0]?.fail(new Error('no'))
  await assert.rejects(first, /no/)
  await turn()
  runs[1]?.end('yes')
  assert.equal(await next, 'yes')
})

test('the work is ended only when the last one has left', async () => {
  const { runs, joined } = work()
  const [one, two] = [new AbortController(), new AbortController()]
  const asked = [joined.ask(one.signal), joined.ask(one.signal)]
  await turn()
  const later = joined.ask(two.signal)
  one.abort(new Error('left'))
  for (const ask of asked) await assert.rejects(ask, /left/)
  assert.equal(runs[0]?.signal.aborted, true)
  runs[0]?.fail(new Error('ended'))
  await turn()
  assert.equal(runs[1]?.signal.aborted, false)
  runs[1]?.end('done')
  assert.equal(await later, 'done')
})

test('who asks after everybody left before it began gets a run of their own', async () => {
  const { runs, joined } = work()
  const first = joined.ask()
  await turn()
  const leaving = new AbortController()
  const left = joined.ask(leaving.signal)
  leaving.abort(new Error('left'))
  await assert.rejects(left, /left/)
  const stays = joined.ask()
  runs[0]?.end('one')
  await first
  await turn()
  runs.at(-1)?.end('fresh')
  assert.equal(await stays, 'fresh')
})
