import assert from 'node:assert/strict'
import { sh } from './harness.ts'
import type { Case } from './suite.ts'

export const execCases: Record<string, Case> = {
  'a command tells its output and its exit code': async (world) => {
    const { container } = await world.running()
    assert.deepEqual(await sh(container, 'echo out; echo err >&2; exit 7'), {
      exitCode: 7,
      outOfMemory: false,
      output: 'out\nerr\n',
    })
    assert.deepEqual(await sh(container, 'true'), { exitCode: 0, outOfMemory: false, output: '' })
  },

  'a command sees the container’s variables and its own': async (world) => {
    const container = await world.started({ variables: { FIRST: 'from the container', SECOND: 'hidden' } })
    const { output } = await sh(container, 'echo "$FIRST"; echo "$SECOND"', {
      variables: { SECOND: 'own = "x" $HOME' },
    })
    assert.equal(output, 'from the container\nown = "x" $HOME\n')
  },

  'a command runs where and as whom it is told': async (world) => {
    const { container } = await world.running()
    assert.equal((await sh(container, 'pwd', { workdir: '/tmp' })).output, '/tmp\n')
    assert.equal((await sh(container, 'id -u; id -g', { user: '1000:1000' })).output, '1000\n1000\n')
  },

  'a program that is not there fails with an exit code and says so': async (world) => {
    const { container } = await world.running()
    const said: Buffer[] = []
    const result = await container.exec({
      command: ['no-such-program', 'x'],
      onOutput: (chunk) => said.push(chunk),
    })
    assert.ok(result.exitCode === 126 || result.exitCode === 127, `exit code ${result.exitCode}`)
    assert.match(Buffer.concat(said).toString('utf8'), /no-such-program.*not found/)
  },

  'a command needs a container that runs': async (world) => {
    const container = await world.created()
    await assert.rejects(sh(container, 'true'), { code: 'engine_failed' })
  },

  'several commands run at once in one container': async (world) => {
    const { container } = await world.running()
    const results = await Promise.all(
      [1, 2, 3, 4].map((number) => sh(container, `echo ${number}; exit ${number}`)),
    )
    assert.deepEqual(
      results.map(({ exitCode, output }) => [exitCode, output]),
      [
        [1, '1\n'],
        [2, '2\n'],
        [3, '3\n'],
        [4, '4\n'],
      ],
    )
  },

  'a command with a signal that fired does not begin': async (world) => {
    const { container } = await world.running()
    const reason = new Error('cancelled')
    await assert.rejects(sh(container, 'echo x', { signal: AbortSignal.abort(reason) }), reason)
  },

  'a command that is cancelled ends with the reason, and the container lives': async (world) => {
    const { container } = await world.running()
    const stop = new AbortController()
    const reason = new Error('cancelled')
    await assert.rejects(
      sh(container, 'echo going; sleep 600', { signal: stop.signal, onOutput: () => stop.abort(reason) }),
      reason,
    )
    assert.equal((await sh(container, 'echo alive')).output, 'alive\n')
    assert.equal((await container.inspect())?.running, true)
  },

  'a command that is killed for memory says so, others are not blamed on memory, the next start forgets it':
    async (world) => {
      const container = await world.started()
      assert.equal((await container.inspect())?.outOfMemory, false)
      const killed = await sh(container, 'tail /dev/zero')
      assert.deepEqual([killed.exitCode, killed.outOfMemory], [137, true])
      const state = await container.inspect()
      assert.deepEqual([state?.running, state?.outOfMemory], [true, true])
      assert.deepEqual(await sh(container, 'exit 5'), { exitCode: 5, outOfMemory: false, output: '' })
      await container.stop(0)
      await container.start()
      assert.equal((await container.inspect())?.outOfMemory, false)
    },

  'a main process that is killed for memory says so': async (world) => {
    const container = await world.started({ entrypoint: ['sh', '-c'], command: ['tail /dev/zero'] })
    for await (const chunk of container.logs({ follow: true })) assert.ok(chunk)
    const state = await container.inspect()
    assert.deepEqual([state?.running, state?.exitCode, state?.outOfMemory], [false, 137, true])
  },
}
