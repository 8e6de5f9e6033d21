import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { systemClock } from '../../../src/clock.ts'
import { checkout } from '../../../src/builds/checkout.ts'
import { mergeCommits } from '../../../src/repositories/merge.ts'
import { createMirror } from '../../../src/repositories/mirror.ts'
import { serveGit, type GitServer } from '../repositories/http-server.ts'
import { commit, folderFor, gitIn, newRepository, remoteAt, testGit } from '../repositories/sample.ts'
import { plain, setting } from './checkout-setting.ts'
import { hostContainer } from './host-container.ts'

const credentials = { username: 'x', password: 'app-token' }

/** Two servers: one that asks for credentials, with `shop` and `secret`, one that does not, with `open`. `shop` names a submodule. */
async function servers(t: TestContext, submodule: (at: { closed: GitServer; open: GitServer }) => string) {
  const folder = folderFor(t)
  const [closedFolder, openFolder] = [join(folder, 'closed'), join(folder, 'open')]
  const secret = newRepository(closedFolder, 'secret')
  const public_ = newRepository(openFolder, 'open')
  const hashes = { secret: commit(secret, { what: 'secret' }), open: commit(public_, { what: 'open' }) }
  const closed = await serveGit(t, closedFolder, credentials)
  const open = await serveGit(t, openFolder)
  const shop = newRepository(closedFolder, 'shop')
  const url = submodule({ closed, open })
  const link = url.includes('open') ? hashes.open : hashes.secret
  commit(shop, {
    '.gitmodules': `[submodule "lib"]\n\tpath = lib\n\turl = ${url}\n`,
    '.gitattributes': 'big filter=lfs -text\n',
    big: `version https://git-lfs.github.com/spec/v1\noid sha256:${'5'.repeat(64)}\nsize 7\n`,
  })
  gitIn(shop, 'update-index', '--add', '--cacheinfo', `160000,${link},lib`)
  gitIn(shop, 'commit', '--quiet', '-m', 'with a submodule')
  const hash = gitIn(shop, 'rev-parse', 'HEAD').trim()
  const mirror = createMirror({
    dir: join(folder, 'mirrors', 'm.git'),
    remote: remoteAt(`${closed.url}/shop`, credentials),
    git: testGit(),
    clock: systemClock,
  })
  await mirror.fetch()
  closed.seen.length = 0
  const app = join(folder, 'srv', 'app')
  const put = (of: typeof mirror, more: Partial<typeof plain> = {}) =>
    checkout({
      mirror: of,
      hash,
      ref: { type: 'change', name: '12' },
      container: hostContainer(),
      path: app,
      options: { ...plain, submodules: true, ...more },
    })
  return { folder, closed, open, mirror, app, put }
}

test("a fork cannot have the private repositories that the repository's credentials open, not even after others had them", async (t) => {
  const { closed, mirror, app, put } = await servers(t, () => '../secret')
  await assert.rejects(put(mirror.forStrangers()), {
    name: 'BuildFailure',
    message: /submodule lib cannot be had .*\(for code from a fork it is fetched without credentials\)/,
  })
  assert.deepEqual([...new Set(closed.seen)], [''], 'no credentials went out')

  await put(mirror)
  assert.equal(readFileSync(join(app, 'lib/what'), 'utf8'), 'secret')
  closed.seen.length = 0
  await assert.rejects(put(mirror.forStrangers()), { name: 'BuildFailure', message: /without credentials/ })
  assert.deepEqual([...new Set(closed.seen)], [''])
})

test('a fork gets the submodules that everybody can have, in mirrors of their own that go with the repository', async (t) => {
  const { folder, mirror, app, put } = await servers(t, ({ open }) => `${open.url}/open`)
  await put(mirror.forStrangers())
  assert.equal(readFileSync(join(app, 'lib/what'), 'utf8'), 'open')
  assert.deepEqual(readdirSync(join(folder, 'mirrors')).sort(), ['m.git', 'm.strangers'])
  await mirror.remove()
  assert.deepEqual(readdirSync(join(folder, 'mirrors')), [])
})

test("a fork's submodules are not fetched with this server's ssh keys", async (t) => {
  const { mirror, put } = await servers(t, () => 'git@github.com:acme/secret.git')
  await assert.rejects(put(mirror.forStrangers()), {
    name: 'BuildFailure',
    message: /submodule lib is not fetched from git@github\.com:acme\/secret\.git.* give its https address/,
  })
})

test("a fork's submodules and large files are not taken from this server's own disk", async (t) => {
  const made = setting(t)
  const one = newRepository(made.folder, 'one')
  commit(one, { what: 'w' })
  gitIn(made.origin, 'submodule', '--quiet', 'add', '../one', 'lib')
  const hash = commit(made.origin, { top: 't' })
  await made.mirror.fetch()
  const mirror = made.mirror.forStrangers()
  await assert.rejects(made.put(hash, { mirror, options: { ...plain, submodules: true } }), {
    message: /submodule lib is not fetched from/,
  })
  await assert.rejects(made.put(hash, { mirror, options: { ...plain, lfs: true } }), {
    name: 'BuildFailure',
    message: /large files .* only fetched over http/,
  })
})

test('large files of a fork are asked for without credentials', async (t) => {
  const { closed, mirror, put } = await servers(t, () => '../secret')
  const without = { submodules: false, lfs: true }
  await assert.rejects(put(mirror.forStrangers(), without), {
    name: 'BuildFailure',
    message: /large files .*without credentials/,
  })
  assert.deepEqual([...new Set(closed.seen)], [''])
  // The server has none: only who asked is looked at.
  await assert.rejects(put(mirror, without), { name: 'BuildFailure' })
  assert.ok(closed.seen.some((authorization) => authorization !== ''))
})

test('a merged change has HEAD at the merge, detached and clean, with both parents in its log', async (t) => {
  const { origin, mirror, app, put } = setting(t)
  commit(origin, { both: '1\n2\n3\n4\n' }, 'first')
  gitIn(origin, 'checkout', '--quiet', '-b', 'feature')
  const source = commit(origin, { new: 'n' }, 'of the change')
  gitIn(origin, 'checkout', '--quiet', 'main')
  const target = commit(origin, { old: 'o' }, 'of the target')
  await mirror.fetch()
  const merged = await mergeCommits(mirror, { target, source, message: 'Merge change 12 into main' })
  assert.ok('commit' in merged)
  await put(merged.commit, { ref: { type: 'change', name: '12' }, options: { ...plain, depth: 2 } })
  assert.deepEqual([existsSync(join(app, 'new')), existsSync(join(app, 'old'))], [true, true])
  assert.equal(
    gitIn(app, 'rev-parse', 'HEAD', 'HEAD^1', 'HEAD^2'),
    `${merged.commit}\n${target}\n${source}\n`,
  )
  assert.equal(gitIn(app, 'branch', '--show-current'), '')
  assert.equal(gitIn(app, 'status', '--porcelain'), '')
  const log = gitIn(app, 'log', '--format=%s').trimEnd().split('\n')
  assert.deepEqual(log.sort(), ['Merge change 12 into main', 'of the change', 'of the target'])
  assert.match(gitIn(app, 'remote', 'get-url', '--push', 'origin'), /^no-push:/)
  gitIn(app, 'fsck')
})
