import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { test, type TestContext } from 'node:test'
import { systemClock } from '../../../src/clock.ts'
import { createMirror } from '../../../src/repositories/mirror.ts'
import type { Credentials } from '../../../src/repositories/remote.ts'
import { redirectTo, serveGit } from './http-server.ts'
import { commit, folderFor, newRepository, remoteAt, testGit } from './sample.ts'

const credentials = { username: 'me @:"$', password: "pa'ss $(x) `y` \\ %s ü" }

async function setting(t: TestContext) {
  const folder = folderFor(t)
  commit(newRepository(folder, 'served/code'), { a: '1' })
  const server = await serveGit(t, join(folder, 'served'), credentials)
  const mirrorOf = (url: string, given: Credentials | null, environment = {}) =>
    createMirror({
      dir: join(folder, 'mirrors', 'm.git'),
      remote: remoteAt(url, given),
      git: testGit(environment),
      clock: systemClock,
    })
  return { folder, server, url: `${server.url}/code/.git`, mirrorOf }
}

test('user name and password open an http repository and are nowhere on disk', async (t) => {
  const { folder, url, mirrorOf } = await setting(t)
  const mirror = mirrorOf(url, credentials)
  assert.equal((await mirror.fetch()).length, 1)
  assert.equal((await mirror.fetch()).length, 1)
  assert.throws(() => execFileSync('grep', ['-rlF', "pa'ss", join(folder, 'mirrors')]), { status: 1 })
})

test('wrong or no credentials are said as such, without the password', async (t) => {
  const { url, mirrorOf } = await setting(t)
  for (const given of [null, { username: 'me', password: 'topsecret' }]) {
    await assert.rejects(mirrorOf(url, given).fetch(), (error: Error) => {
      assert.match(error.message, /refuses the credentials/)
      assert.doesNotMatch(inspect(error, { depth: 9 }), /topsecret/)
      return true
    })
  }
})

test('credentials do not follow a redirect to another host', async (t) => {
  const { server, mirrorOf } = await setting(t)
  const detour = await redirectTo(t, server.url)
  await assert.rejects(mirrorOf(`${detour}/code/.git`, credentials).fetch(), { fault: 'auth' })
  assert.deepEqual([...new Set(server.seen)], [''])
})

test('a server that does not answer, and one without this repository, are told apart', async (t) => {
  const { server, mirrorOf } = await setting(t)
  await assert.rejects(mirrorOf('http://127.0.0.1:9/code.git', null).fetch(), {
    fault: 'unreachable',
    message: /127\.0\.0\.1:9/,
  })
  await assert.rejects(mirrorOf(`${server.url}/missing.git`, credentials).fetch(), { fault: 'no-repository' })
})

test('settings and hooks of the user and the system are not obeyed', async (t) => {
  const { folder, url, mirrorOf } = await setting(t)
  const home = join(folder, 'home')
  mkdirSync(home)
  writeFileSync(
    join(home, '.gitconfig'),
    `[core]\n\thooksPath = ${home}\n[url "http://127.0.0.1:9/"]\n\tinsteadOf = ${url}\n`,
  )
  assert.equal((await mirrorOf(url, credentials, { HOME: home }).fetch()).length, 1)
})

test('a signal that fires ends git and all that it started, with its reason', async () => {
  const stop = new AbortController()
  // The output stays open as long as the sleep lives, which is longer than a test may take.
  const running = testGit().run(['-c', 'alias.wait=!sleep 300; true', 'wait'], { signal: stop.signal })
  stop.abort(new Error('enough'))
  await assert.rejects(running, /enough/)
})

test('a mirror that is not there is not taken for a missing program', async () => {
  await assert.rejects(testGit().run(['rev-parse', 'HEAD'], { gitDir: '/nowhere/at/all.git' }), {
    fault: 'corrupt',
  })
})

test('output beyond its bound is an error', async (t) => {
  const folder = folderFor(t)
  const origin = newRepository(folder)
  commit(origin, { big: 'x'.repeat(100_000) })
  const reading = testGit().run(['cat-file', 'blob', 'HEAD:big'], {
    gitDir: join(origin, '.git'),
    maxBytes: 1000,
  })
  await assert.rejects(reading, { code: 'git_failed', message: /more than 1000 bytes/ })
})

test('a server without git says what to install', async () => {
  await assert.rejects(testGit({ PATH: '/nowhere' }).run(['version']), {
    fault: 'missing-program',
    message: /install git/,
  })
})
