import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Preparations, type CodeWish } from '../../../src/builds/checkout-prepared.ts'
import type { Mirror } from '../../../src/repositories/mirror.ts'
import { until } from '../../../src/setup/server-process.ts'
import { ManualClock } from '../../fakes/clock.ts'
import { commit, gitIn } from '../repositories/sample.ts'
import { hostContainer } from './host-container.ts'
import { plain, setting } from './checkout-setting.ts'

/** Two commits, the mirror with a book of what git is asked for, and the way from one to the other. */
async function twoCommits(t: TestContext) {
  const { folder, origin, mirror, put, app } = setting(t)
  const first = commit(origin, { same: 's', edited: 'old' })
  const second = commit(origin, { same: 's', edited: 'new' })
  await mirror.fetch()
  const asked: string[] = []
  const told: Mirror = {
    ...mirror,
    run(args, options) {
      asked.push(args[0] ?? '')
      return mirror.run(args, options)
    },
  }
  const ref = { type: 'branch', name: 'main' } as const
  const wish: CodeWish = { mirror: told, hash: second, ref, options: plain, previous: first }
  const scratch = () => readdirSync(mirror.dir).filter((name) => name.startsWith('scratch-'))
  return { folder, wish, asked, put, app, first, second, scratch, clock: new ManualClock() }
}

const never = new AbortController().signal

test('what was begun ahead for two services is made once for both, and nothing of it is left', async (t) => {
  const { folder, wish, asked, put, app, first, second, scratch, clock } = await twoCommits(t)
  const preparations = new Preparations()
  const paths = [app, join(folder, 'srv', 'other')]
  for (const path of paths) await put(first, { path, preparations, mirror: wish.mirror })
  asked.length = 0
  for (let left = paths.length; left > 0; left -= 1) preparations.ahead(wish, { clock, ending: never })
  // One after the other: the second finds its place kept.
  for (const path of paths) {
    const container = hostContainer()
    await put(second, { ...wish, path, preparations, container })
    assert.equal(readFileSync(join(path, 'edited'), 'utf8'), 'new')
    gitIn(path, 'fsck', '--strict')
    assert.equal(gitIn(path, 'status', '--porcelain'), '')
  }
  assert.deepEqual(asked.sort(), ['archive', 'diff-tree', 'for-each-ref', 'pack-objects'])
  assert.deepEqual(scratch(), [])
})

test('what is asked for at once is made once, also where nobody began ahead', async (t) => {
  const { wish, asked, scratch } = await twoCommits(t)
  const preparations = new Preparations()
  const hashOf = () =>
    preparations.use(wish, never, async (layers) => {
      const made = await layers()
      await Promise.all(made.map(({ history }) => history))
      return made.map(({ hash }) => hash)
    })
  assert.deepEqual(await Promise.all([hashOf(), hashOf()]), [[wish.hash], [wish.hash]])
  assert.equal(asked.filter((name) => name === 'pack-objects').length, 1)
  assert.deepEqual(scratch(), [])
})

test('what was begun ahead and is wanted by nobody goes after a minute', async (t) => {
  const { wish, asked, scratch, clock } = await twoCommits(t)
  new Preparations().ahead(wish, { clock, ending: never })
  await until(() => asked.includes('archive'), 'git archives')
  assert.equal(scratch().length, 1)
  await clock.advance(60_000)
  await until(() => scratch().length === 0, 'nothing is left')
})

test('what failed ahead is made anew by who needs it', async (t) => {
  const { wish, clock } = await twoCommits(t)
  const preparations = new Preparations()
  let broken = true
  const { mirror } = wish
  const breaking: Mirror = {
    ...mirror,
    run: (args, options) => (broken ? Promise.reject(new Error('git is gone')) : mirror.run(args, options)),
  }
  const other = { ...wish, mirror: breaking }
  preparations.ahead(other, { clock, ending: never })
  const layers = (made: () => Promise<unknown[]>) => made()
  await assert.rejects(preparations.use(other, never, layers), /git is gone/)
  broken = false
  assert.equal((await preparations.use(other, never, layers)).length, 1)
})

test('who leaves early takes nothing away from the others', async (t) => {
  const { wish } = await twoCommits(t)
  const preparations = new Preparations()
  const stopped = new AbortController()
  const leaving = preparations.use(wish, stopped.signal, (layers) => layers())
  const staying = preparations.use(wish, never, async (layers) => {
    const [layer] = await layers()
    return (await layer?.history)?.packs.length
  })
  stopped.abort(new Error('not needed any more'))
  await assert.rejects(leaving, /not needed any more/)
  assert.equal(await staying, 2)
})

test('who is cancelled while git packs waits neither for git nor for others', async (t) => {
  const { wish, asked, put, first, second, scratch } = await twoCommits(t)
  const preparations = new Preparations()
  await put(first, { preparations, mirror: wish.mirror })
  asked.length = 0
  const { mirror } = wish
  const told: (AbortSignal | undefined)[] = []
  const slow: Mirror = {
    ...mirror,
    async run(args, options) {
      const { signal } = options ?? {}
      if (args[0] !== 'pack-objects' || !signal) return mirror.run(args, options)
      told.push(signal)
      await once(signal, 'abort')
      throw signal.reason
    },
  }
  const stops = [new AbortController(), new AbortController()]
  t.after(() => stops.forEach((stop) => stop.abort()))
  const container = hostContainer()
  const cancelled = stops.map(({ signal }) =>
    put(second, { ...wish, mirror: slow, container, preparations, signal }),
  )
  // Else the first would be alone, and take away what it alone uses.
  await until(() => container.copies === 2, 'both wait for git')
  for (const [at, stop] of stops.entries()) {
    await until(() => told.length === 1 && asked.includes('archive'), 'git packs')
    assert.equal(told[0]?.aborted, false)
    stop.abort(new Error(`${at} is not wanted any more`))
    await assert.rejects(cancelled[at] as Promise<void>, new RegExp(`${at} is not wanted`))
  }
  assert.equal(told[0]?.aborted, true)
  assert.deepEqual(scratch(), [])
})
