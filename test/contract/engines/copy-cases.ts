import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import type { PutFiles } from '../../../src/workloads/workload.ts'
import { endlessTar, sh, tarOf } from './harness.ts'
import type { Case } from './suite.ts'

export const copyCases: Record<string, Case> = {
  'files are copied into a container that never ran, to a path that was not there; others come with a copy of nothing':
    async (world) => {
      const container = await world.created({ ...own, filesLater: true })
      await container.copyIn('/app/deep/er', tarOf({ 'a.txt': 'A', 'sub/b.txt': 'B' }))
      await container.copyIn('/', Readable.from([], { objectMode: false }), { files: own })
      await container.start()
      assert.equal((await sh(container, 'cat /app/deep/er/a.txt; cat /app/deep/er/sub/b.txt')).output, 'AB')
      assert.equal((await sh(container, 'cat /srv/made/plain; cat /etc/kept/secret')).output, 'plain secret ')
    },

  'files are copied into a container that runs': async (world) => {
    const { container, folder } = await world.running()
    await container.copyIn(folder, tarOf({ 'a.txt': 'one' }))
    await container.copyIn(folder, tarOf({ 'a.txt': 'two' }))
    assert.equal((await sh(container, `cat ${folder}/a.txt`)).output, 'two')
  },

  'a copy with a signal that fires ends with its reason and lets the stream go': async (world) => {
    const container = await world.created()
    const stop = new AbortController()
    const reason = new Error('cancelled')
    const endless = new Readable({ read: () => undefined })
    const copied = container.copyIn('/srv', endless, { signal: stop.signal })
    stop.abort(reason)
    await assert.rejects(copied, reason)
    assert.equal(endless.destroyed, true)
  },

  'a copy whose source breaks ends with the cause': async (world) => {
    const container = await world.created()
    const broken = new Readable({ read: () => undefined })
    const copied = container.copyIn('/srv', broken)
    queueMicrotask(() => broken.destroy(new Error('the source broke')))
    await assert.rejects(copied, /the source broke/)
  },

  'a copy into a container that runs, cancelled in mid-stream, ends with the reason, and the container lives':
    async (world) => {
      const { container, folder } = await world.running()
      const since = (await container.inspect())?.startedAt
      const stop = new AbortController()
      const reason = new Error('cancelled')
      const endless = endlessTar(() => stop.abort(reason))
      await assert.rejects(container.copyIn(folder, endless, { signal: stop.signal }), reason)
      assert.equal(endless.destroyed, true)
      const state = await container.inspect()
      assert.deepEqual([state?.running, state?.startedAt], [true, since])
      await container.copyIn(folder, tarOf({ later: 'works' }))
      assert.equal((await sh(container, `cat ${folder}/later`)).output, 'works')
    },

  'a copy into a container that runs, whose source breaks in mid-stream, ends with the cause': async (
    world,
  ) => {
    const { container, folder } = await world.running()
    const breaks: Readable = endlessTar(() => breaks.destroy(new Error('the source broke')))
    await assert.rejects(container.copyIn(folder, breaks), /the source broke/)
    assert.equal((await container.inspect())?.running, true)
  },

  'files that come with a copy come when it has begun, before what is in it; also twice and to another path they are as if they had been put at first':
    async (world) => {
      const container = await world.started({ ...own, filesLater: true })
      let before: number | undefined
      async function* late() {
        before = (await sh(container, 'test -f /srv/made/plain')).exitCode
        yield* tarOf({ 'srv/made/both': 'of the code' })
      }
      await container.copyIn('/', Readable.from(late(), { objectMode: false }), { files: own })
      assert.equal(before, 1)
      const first = await sh(container, 'cat /srv/made/plain; cat /etc/kept/secret; cat /srv/made/both')
      assert.equal(first.output, 'plain secret of the code')
      for (const path of ['/', '/', '/srv/below']) {
        await container.copyIn(path, tarOf({ 'srv/code': 'code', 'srv/made/both': 'of the code' }), {
          files: own,
        })
        const { output } = await sh(container, 'cat /srv/made/plain; cat /etc/kept/secret; cat /srv/code')
        assert.equal(output, 'plain secret code')
      }
      assert.equal((await sh(container, 'cat /srv/made/both')).output, 'of the file')
    },

  'a copy of nothing is done': async (world) => {
    for (const container of [await world.created(), (await world.running()).container]) {
      await container.copyIn('/srv', tarOf({}))
      await container.copyIn('/srv', Readable.from([], { objectMode: false }))
    }
  },
}

const own: PutFiles = {
  directories: ['/srv/empty/folder'],
  files: [
    { path: '/srv/made/plain', content: 'plain ', mode: 0o640 },
    { path: '/srv/made/both', content: 'of the file', mode: 0o644 },
    { path: '/etc/kept/secret', content: 'secret ', mode: 0o600, secret: true },
  ],
}
