import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { suite, test, type TestContext } from 'node:test'
import { releaseCommandFor, supervisedBy, supervisorPaths } from '../../../src/workloads/supervisor.ts'

/** The supervisor, really run, with a `sleep` that is over at once and only notes how long it was to last. */
async function supervise(
  t: TestContext,
  start: string,
  options: { shell?: string; released?: string; late?: boolean; dates?: number[] } = {},
) {
  const { shell = '/bin/sh', released, late = false, dates } = options
  const folder = await mkdtemp(join(tmpdir(), 'qaack-supervisor-'))
  const { entrypoint, command, files } = supervisedBy('/bin/sh', start, 'me')
  if (!late) await putFiles()
  // The long sleep is the wait for the release; it must last. `exec` keeps its process id.
  await program('sleep', 'if [ "$1" -gt 1000 ]; then PATH=/usr/bin:/bin exec sleep "$1"; fi; echo "slept $1"')
  if (dates) {
    await writeFile(join(folder, 'dates'), `${dates.join('\n')}\n`)
    await program('date', `read -r now < ${folder}/dates; sed -i 1d ${folder}/dates; echo "$now"`)
  }
  if (released !== undefined) await writeFile(inFolder(supervisorPaths.start), `${released}\n`)
  const applet = shell.endsWith('busybox') ? ['sh'] : []
  const [path = '', ...rest] = command
  const child = spawn(shell, [...applet, ...entrypoint.slice(1), inFolder(path), ...rest], {
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) await stopped(child, 'SIGTERM')
    await rm(folder, { recursive: true, force: true })
  })
  const lines: Interface = createInterface({ input: child.stdout })
  const reader = lines[Symbol.asyncIterator]()

  async function program(name: string, script: string): Promise<void> {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }

  async function putFiles(): Promise<void> {
    for (const { path, content } of files) await writeFile(inFolder(path), content)
  }

  function inFolder(path: string): string {
    return join(folder, path.slice(path.lastIndexOf('/') + 1))
  }

  return {
    child,
    folder,
    putFiles,
    async next(): Promise<string> {
      const { value, done } = await reader.next()
      return done ? '(end)' : value
    },
    /** What `releaseCommandFor` does in a container, where the supervisor is process 1. */
    async release(): Promise<number | null> {
      const [program = '', ...args] = releaseCommandFor('/bin/sh')
      const script = (args[1] ?? '').replaceAll('/.qaack', folder).replace(/ 1$/, ` ${child.pid}`)
      const release = spawn(program, ['-c', script], { stdio: 'ignore' })
      const [code] = (await once(release, 'exit')) as [number | null]
      return code
    },
    async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
      await stopped(child, signal)
    },
  }
}

async function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

for (const shell of ['/bin/sh', '/bin/dash', '/bin/bash', '/bin/busybox']) {
  const ownSleep = shell.endsWith('busybox') && 'this shell has a sleep of its own, which really lasts'
  const reason = existsSync(shell) ? false : `there is no ${shell} here`
  suite(`the supervisor, run by ${shell}`, { skip: reason }, () => {
    test('waits before it has any file, and cannot be released without them', async (t) => {
      const main = await supervise(t, 'echo up; exec sleep 5000', { shell, released: 'another', late: true })
      assert.equal(await main.next(), 'qaack: waiting for the build')
      assert.notEqual(await main.release(), 0)
      await main.putFiles()
      assert.equal(await main.release(), 0)
      assert.equal(await main.next(), 'qaack: starting the main process')
      assert.equal(await main.next(), 'up')
    })

    test('starts the main process when it is released, and not before', async (t) => {
      const main = await supervise(t, 'echo up; exec sleep 5000', { shell })
      assert.equal(await main.next(), 'qaack: waiting for the build')
      assert.equal(existsSync(join(main.folder, 'start')), false)
      assert.equal(await main.release(), 0)
      assert.equal(await main.next(), 'qaack: starting the main process')
      assert.equal(await main.next(), 'up')
      assert.equal(await main.release(), 0)
      await main.stop()
      assert.equal(await main.next(), 'qaack: ended')
    })

    test('starts at once in a container that was released before', async (t) => {
      const main = await supervise(t, 'echo up; exec sleep 5000', { shell, released: 'me' })
      assert.equal(await main.next(), 'qaack: starting the main process')
      assert.equal(await main.next(), 'up')
    })

    test('does not take the release of another container for its own', async (t) => {
      const main = await supervise(t, 'echo up; exec sleep 5000', { shell, released: 'another' })
      assert.equal(await main.next(), 'qaack: waiting for the build')
    })

    test('goes on waiting after a signal that releases nothing', async (t) => {
      const main = await supervise(t, 'echo up; exec sleep 5000', { shell })
      assert.equal(await main.next(), 'qaack: waiting for the build')
      main.child.kill('SIGUSR1')
      main.child.kill('SIGUSR1')
      assert.equal(await main.release(), 0)
      assert.equal(await main.next(), 'qaack: starting the main process')
    })

    test('restarts what ends, after pauses that grow to half a minute', { skip: ownSleep }, async (t) => {
      const main = await supervise(t, 'exit 3', { shell, released: 'me' })
      for (const pause of [1, 2, 4, 8, 16, 30, 30]) {
        assert.equal(await main.next(), 'qaack: starting the main process')
        assert.equal(await main.next(), `qaack: main process ended with code 3, restarting in ${pause} s`)
        assert.equal(await main.next(), `slept ${pause}`)
      }
    })

    test('begins with short pauses again after a minute of life', { skip: ownSleep }, async (t) => {
      const main = await supervise(t, 'exit 1', {
        shell,
        released: 'me',
        dates: [0, 1, 10, 11, 100, 160, 200, 201, 300, 301],
      })
      const pauses: string[] = []
      while (pauses.length < 4) {
        const slept = /^slept (\d+)/.exec(await main.next())
        if (slept?.[1]) pauses.push(slept[1])
      }
      assert.deepEqual(pauses, ['1', '2', '1', '2'])
    })

    for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
      test(`passes ${signal} on and ends after the main process`, async (t) => {
        const main = await supervise(
          t,
          'sleep 5000 & trap "echo told; kill $!; exit 0" TERM; echo up; wait',
          { shell, released: 'me' },
        )
        assert.equal(await main.next(), 'qaack: starting the main process')
        assert.equal(await main.next(), 'up')
        const ended = main.stop(signal)
        assert.equal(await main.next(), 'told')
        assert.equal(await main.next(), 'qaack: ended')
        await ended
      })
    }

    test('ends at once while it waits', async (t) => {
      const main = await supervise(t, 'echo up', { shell })
      assert.equal(await main.next(), 'qaack: waiting for the build')
      await main.stop()
      assert.equal(await main.next(), 'qaack: ended')
    })

    test('takes the start command as it is, whatever it quotes', async (t) => {
      const main = await supervise(t, `echo "a 'b' \\$HOME" '$x' && echo c; exec sleep 5000`, {
        shell,
        released: 'me',
      })
      assert.equal(await main.next(), 'qaack: starting the main process')
      assert.equal(await main.next(), `a 'b' $HOME $x`)
      assert.equal(await main.next(), 'c')
    })
  })
}
