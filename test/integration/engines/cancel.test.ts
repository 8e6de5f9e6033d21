import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { clientFor } from '../../../src/engines/docker/connect.ts'
import type { Container } from '../../../src/engines/engine.ts'
import { dockerHost, openDocker } from '../../contract/engines/docker.ts'
import { sh, World } from '../../contract/engines/harness.ts'
import { testImages } from '../../images/busybox.ts'

const docker = clientFor(dockerHost)

describe('a cancelled command on Docker', { timeout: 120_000 }, () => {
  let world: World
  let container: Container
  const end = new AbortController()
  let beside: Promise<unknown>
  before(async () => {
    world = await new World(await openDocker()).open()
    container = await world.started()
    beside = sh(container, 'sleep 640', { signal: end.signal }).catch((error: unknown) => error)
    await untilMore(container, [])
  })
  after(async () => {
    end.abort(new Error('the tests are over'))
    await beside
    await world.clear()
  })

  const trees: Record<string, { text: string; user?: string }> = {
    'with children and grandchildren': { text: 'sh -c "sleep 611 & sleep 612" & sleep 613 & echo on; wait' },
    'that ignores polite signals': { text: 'trap "" TERM INT HUP; echo on; while :; do sleep 614; done' },
    'with a child in a session of its own': { text: 'setsid sleep 615 & echo on; sleep 616' },
    'with a child whose parent went away': {
      text: '(setsid sleep 617 &) ; (sleep 618 &); echo on; sleep 619',
    },
    'with a child that wiped its variables': { text: 'env -i sleep 621 & echo on; sleep 622' },
    'with an orphan that wiped its variables': { text: '(env -i sleep 623 &); echo on; sleep 624' },
    'of another user than root': { text: 'sleep 625 & echo on; sleep 626', user: 'app' },
    'with a child that became another user': {
      text: 'su app -s /bin/sh -c "sleep 627; sleep 628" & echo on; wait',
    },
    'that forks all the time': { text: 'echo on; while :; do sleep 629 & sleep 0.01; done' },
  }

  for (const [title, { text, user }] of Object.entries(trees)) {
    test(`${title}: nothing of it is left, all else is`, async () => {
      const before = await sleepers(container)
      const stop = new AbortController()
      const reason = new Error('cancelled')
      const running = sh(container, text, { signal: stop.signal, ...(user === undefined ? {} : { user }) })
      const refused = assert.rejects(running, reason)
      await untilMore(container, before)
      stop.abort(reason)
      await refused
      assert.deepEqual(await sleepers(container), before)
      assert.deepEqual(before, ['sleep 640'])
    })
  }

  test('in an image without a shell: the container is started anew', async () => {
    await world.engine.prepare(testImages.bare, {})
    const bare = await world.started({ image: testImages.bare })
    const first = await bare.inspect()
    const stop = new AbortController()
    const reason = new Error('cancelled')
    const refused = assert.rejects(bare.exec({ command: ['sleep', '630'], signal: stop.signal }), reason)
    // A command that was only asked for so far has nothing that could be killed.
    while (!(await sleepers(bare)).includes('sleep 630'));
    stop.abort(reason)
    await refused
    const state = await bare.inspect()
    assert.equal(state?.running, true, JSON.stringify({ first, state }))
    assert.ok(first && state.startedAt > first.startedAt, JSON.stringify({ first, state }))
  })

  test('in a container that is full of processes: nothing of it is left', async () => {
    const full = await world.started({ limits: { memoryBytes: 64 * 2 ** 20, cpus: 1, pids: 12 } })
    const stop = new AbortController()
    const reason = new Error('cancelled')
    const text = '(while :; do sleep 631 & done) 2>/dev/null; echo on; while :; do :; done'
    await assert.rejects(sh(full, text, { signal: stop.signal, onOutput: () => stop.abort(reason) }), reason)
    assert.equal((await full.inspect())?.running, true)
    assert.deepEqual(await sleepers(full), [])
  })
})

/** What sleeps in the container, but for its own main process. A command in the container would tell it at six times the cost. */
async function sleepers(container: Container): Promise<string[]> {
  const { Processes } = (await docker.getContainer(container.id).top()) as { Processes: string[][] }
  const commands = Processes.map((columns) => (columns.at(-1) ?? '').trim())
  return commands.filter((command) => /^sleep \d/.test(command) && command !== 'sleep 1').sort()
}

/** The next look takes a while by itself. */
async function untilMore(container: Container, than: string[]): Promise<void> {
  while ((await sleepers(container)).length <= than.length);
}
