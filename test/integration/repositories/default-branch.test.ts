import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Git } from '../../../src/repositories/git.ts'
import { createMirror } from '../../../src/repositories/mirror.ts'
import { ManualClock } from '../../fakes/clock.ts'
import { commit, folderFor, gitIn, newRepository, remoteAt, testGit } from './sample.ts'

const hour = 3_600_000

function setting(t: TestContext) {
  const folder = folderFor(t)
  const origin = newRepository(folder)
  const clock = new ManualClock()
  const calls: string[] = []
  const git = testGit()
  const counting = {
    ...git,
    run: (...[args, options]: Parameters<typeof git.run>) => {
      calls.push(args[0] ?? '')
      return git.run(args, options)
    },
  }
  const dir = join(folder, 'm.git')
  const open = () => createMirror({ dir, remote: remoteAt(origin), git: counting, clock })
  const asked = () => calls.filter((call) => call === 'ls-remote').length
  return { origin, mirror: open(), open, clock, asked, dir }
}

test('the default branch is the one that the remote names, whatever it is called', async (t) => {
  const { origin, mirror, asked } = setting(t)
  assert.equal(await mirror.defaultBranch(), null)
  commit(origin, { a: '1' })
  gitIn(origin, 'branch', 'develop/next')
  gitIn(origin, 'symbolic-ref', 'HEAD', 'refs/heads/develop/next')
  await mirror.fetch()
  assert.equal(await mirror.defaultBranch(), 'develop/next')
  await mirror.fetch()
  assert.equal(asked(), 0, 'a clone knows')
})

test('another default branch is known after an hour, and at once by a server that was started anew', async (t) => {
  const { origin, mirror, open, clock, asked } = setting(t)
  commit(origin, { a: '1' })
  gitIn(origin, 'branch', 'trunk')
  await mirror.fetch()
  gitIn(origin, 'symbolic-ref', 'HEAD', 'refs/heads/trunk')
  await mirror.fetch()
  assert.equal(await mirror.defaultBranch(), 'main')
  await clock.advance(hour)
  await mirror.fetch()
  await mirror.fetch()
  assert.equal(await mirror.defaultBranch(), 'trunk')
  assert.equal(asked(), 1)
  gitIn(origin, 'symbolic-ref', 'HEAD', 'refs/heads/main')
  const again = open()
  await again.fetch()
  assert.equal(await again.defaultBranch(), 'main')
})

test('where the remote names none that is there, it is main, else master, else none', async (t) => {
  const { origin, mirror, clock } = setting(t)
  commit(origin, { a: '1' })
  gitIn(origin, 'branch', 'master')
  await mirror.fetch()
  gitIn(origin, 'checkout', '--quiet', '--detach')
  await clock.advance(hour)
  await mirror.fetch()
  assert.equal(await mirror.defaultBranch(), 'main')
  gitIn(origin, 'branch', '-D', 'main')
  await mirror.fetch()
  assert.equal(await mirror.defaultBranch(), 'master')
  gitIn(origin, 'branch', '-m', 'master', 'other')
  await mirror.fetch()
  assert.equal(await mirror.defaultBranch(), null)
})

test('a remote that names none is not asked again at each fetch', async (t) => {
  const { origin, mirror, clock, asked } = setting(t)
  commit(origin, { a: '1' })
  await mirror.fetch()
  gitIn(origin, 'checkout', '--quiet', '--detach')
  await clock.advance(hour)
  for (let fetches = 0; fetches < 3; fetches += 1) await mirror.fetch()
  assert.equal(asked(), 1)
})

test('what a git that was killed has left in the way of it fails no fetch, and goes', async (t) => {
  const { origin, mirror, clock, dir } = setting(t)
  commit(origin, { a: '1' })
  await mirror.fetch()
  gitIn(origin, 'branch', 'trunk')
  gitIn(origin, 'symbolic-ref', 'HEAD', 'refs/heads/trunk')
  writeFileSync(join(dir, 'HEAD.lock'), '')
  await clock.advance(hour)
  assert.equal((await mirror.fetch()).length, 2)
  assert.equal(await mirror.defaultBranch(), 'trunk')
})

test('an answer that does not come holds up no fetch for longer than a second', async (t) => {
  const { origin, mirror, dir } = setting(t)
  commit(origin, { a: '1' })
  await mirror.fetch()
  const git = testGit()
  const silent: Git = {
    ...git,
    run: (args, options) =>
      args[0] === 'ls-remote'
        ? new Promise((_, reject) =>
            options?.signal?.addEventListener('abort', () => reject(new Error('late'))),
          )
        : git.run(args, options),
  }
  const slept: number[] = []
  const impatient = Object.assign(new ManualClock(), {
    sleep: (milliseconds: number) => Promise.resolve(void slept.push(milliseconds)),
  })
  const again = createMirror({ dir, remote: remoteAt(origin), git: silent, clock: impatient })
  assert.equal((await again.fetch()).length, 1)
  assert.deepEqual(slept, [1000])
})

test('a remote that cannot be asked fails as the fetch does', async (t) => {
  const { origin, mirror, clock } = setting(t)
  commit(origin, { a: '1' })
  await mirror.fetch()
  await clock.advance(hour)
  rmSync(origin, { recursive: true })
  await assert.rejects(mirror.fetch(), { code: 'git_failed' })
  assert.equal(await mirror.defaultBranch(), 'main')
})
