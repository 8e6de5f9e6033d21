import assert from 'node:assert/strict'
import type { EngineEvent } from '../../../src/engines/engine.ts'
import { sh, tarOf, textOf } from './harness.ts'
import type { Case } from './suite.ts'

export const containerCases: Record<string, Case> = {
  'a container is created, not started, then runs at an address, and ends; all also twice, with the same files':
    async (world) => {
      const container = await world.created()
      const created = await container.inspect()
      assert.deepEqual(
        [created?.running, created?.startedAt, created?.outOfMemory, created?.restarts],
        [false, 0, false, 0],
      )
      await Promise.all([container.start(), container.start()])
      await container.start()
      const state = await container.inspect()
      assert.deepEqual([state?.running, state?.exitCode], [true, 0])
      assert.match(state?.address ?? '', /^\d+\.\d+\.\d+\.\d+$/)
      assert.ok((state?.startedAt ?? 0) > Date.parse('2020-01-01'))
      await container.copyIn('/srv', tarOf({ kept: 'still here' }))
      await container.stop(1)
      await container.stop(1)
      assert.equal((await container.inspect())?.running, false)
      await container.start()
      assert.equal((await sh(container, 'cat /srv/kept')).output, 'still here')
    },

  'its size is that of its own files, not that of its image': async (world) => {
    const container = await world.created()
    const before = (await container.size()) ?? -1
    assert.ok(before >= 0 && before < 100_000, `${before} bytes before it was written to`)
    await container.copyIn('/srv', tarOf({ big: 'x'.repeat(300_000) }))
    const after = (await container.size()) ?? -1
    assert.ok(after >= before + 300_000 && after < before + 600_000, `${after} bytes after ${before}`)
    const resources = await world.engine.list(world.labels('web'))
    const resource = resources.find(({ kind }) => kind === 'container')
    assert.ok(resource)
    await world.engine.remove(resource)
    assert.equal(await container.size(), undefined)
  },

  'a name in use is a conflict': async (world) => {
    const workload = world.workload()
    await world.engine.create(workload, world.labels('web'))
    await assert.rejects(
      world.engine.create({ ...world.workload(), name: workload.name }, world.labels('web')),
      { code: 'conflict' },
    )
  },

  'a container cannot be created in a network that is not open': async (world) => {
    const { network } = world.workload()
    const other = world.workload({ network: { ...network, name: `${world.network}-closed` } })
    await world.engine
      .create(other, world.labels('web'))
      .then((id) => world.engine.container(id).start())
      .then(
        () => assert.fail('it was created and started'),
        (error: { code: string }) => assert.equal(error.code, 'engine_failed'),
      )
  },

  'a container cannot be created of an image that was not prepared': async (world, { missingImage }) => {
    await assert.rejects(world.created({ image: missingImage }), { code: 'engine_failed' })
    assert.deepEqual(await world.engine.list(world.labels('web')), [])
  },

  'files are there before the main process starts, and following logs ends with the reason of the signal':
    async (world) => {
      const files = [{ path: '/etc/qaack/made/setting', content: 'on\n', mode: 0o600 }]
      const container = await world.started({
        files,
        entrypoint: ['sh', '-c'],
        command: ['cat /etc/qaack/made/setting; sleep 600'],
      })
      const stop = new AbortController()
      const reason = new Error('enough')
      const follow = async () => {
        for await (const chunk of container.logs({ follow: true, signal: stop.signal })) {
          assert.equal(chunk.toString('utf8'), 'on\n')
          stop.abort(reason)
        }
      }
      await assert.rejects(follow(), reason)
    },

  'a container that is not there is refused, and inspect says so': async ({ engine }) => {
    const container = engine.container('0123456789ab')
    assert.equal(await container.inspect(), undefined)
    await assert.rejects(container.start(), { code: 'engine_failed' })
    await assert.rejects(container.copyIn('/srv', tarOf({ a: 'a' })), { code: 'engine_failed' })
    await assert.rejects(sh(container, 'true'), { code: 'engine_failed' })
  },

  'logs have both streams, also the last lines, and the exit code is known when the main process ended':
    async (world) => {
      const container = await world.started({
        entrypoint: ['sh', '-c'],
        command: ['echo one; echo two >&2; echo three; exit 3'],
      })
      assert.equal(
        (await textOf(container.logs({ follow: true }))).split('\n').sort().join(' '),
        ' one three two',
      )
      assert.equal((await textOf(container.logs({ follow: false }))).length, 'one\ntwo\nthree\n'.length)
      assert.match(await textOf(container.logs({ follow: false, tail: 1 })), /^(one|two|three)\n$/)
      const state = await container.inspect()
      assert.deepEqual([state?.running, state?.exitCode], [false, 3])
    },

  'events tell of start, death with its exit code, and removal, until the signal fires': async (world) => {
    const stop = new AbortController()
    const heard: EngineEvent[] = []
    const events = world.engine.events(stop.signal)
    const listening = (async () => {
      for await (const event of events) {
        if (event.labels['qaack.instance'] !== world.instance) continue
        heard.push(event)
        if (event.kind === 'removed') stop.abort()
      }
    })()
    const container = await world.started({ entrypoint: ['sh', '-c'], command: ['exit 4'] })
    await textOf(container.logs({ follow: true }))
    const [resource] = await world.engine.list(world.labels('web'))
    assert.ok(resource)
    await world.engine.remove(resource)
    await listening
    assert.deepEqual(
      heard.map(({ kind }) => kind),
      ['started', 'died', 'removed'],
    )
    assert.equal(heard[1]?.exitCode, 4)
    assert.ok(
      heard.every(
        ({ containerId, labels }) => containerId === container.id && labels['qaack.service'] === 'web',
      ),
    )
  },

  'events with a signal that fired end at once': async ({ engine }) => {
    for await (const event of engine.events(AbortSignal.abort())) assert.fail(`heard ${event.kind}`)
    assert.ok(true)
  },
}
