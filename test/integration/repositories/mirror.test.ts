import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Git } from '../../../src/repositories/git.ts'
import { createMirror } from '../../../src/repositories/mirror.ts'
import { ManualClock } from '../../fakes/clock.ts'
import { commit, folderFor, gitIn, mirrorAt, newRepository, remoteAt, testGit } from './sample.ts'

function setting(t: TestContext) {
  const folder = folderFor(t)
  const origin = newRepository(folder)
  return { folder, origin, mirror: mirrorAt(folder, origin) }
}

const namesOf = (refs: { type: string; name: string }[]) =>
  refs.map(({ type, name }) => `${type} ${name}`).sort()

test('the first fetch makes the mirror and tells branches and tags with their commits', async (t) => {
  const { origin, mirror } = setting(t)
  assert.deepEqual(await mirror.refs(), [])
  const hash = commit(origin, { a: '1' })
  gitIn(origin, 'branch', 'feature/x')
  gitIn(origin, 'tag', 'light')
  gitIn(origin, 'tag', '-a', 'heavy', '-m', 'h')
  gitIn(origin, 'tag', '-a', 'tag-of-tag', '-m', 'h', 'heavy')
  gitIn(origin, 'tag', 'of-a-tree', 'HEAD^{tree}')
  const refs = await mirror.fetch()
  assert.deepEqual(namesOf(refs), [
    'branch feature/x',
    'branch main',
    'tag heavy',
    'tag light',
    'tag tag-of-tag',
  ])
  assert.deepEqual([...new Set(refs.map((ref) => ref.hash))], [hash])
  assert.deepEqual(await mirror.refs(), refs)
  assert.ok((await mirror.size()) > 0)
})

test('later fetches bring what is new, follow a forced push and drop what is gone', async (t) => {
  const { origin, mirror } = setting(t)
  const first = commit(origin, { a: '1' })
  gitIn(origin, 'branch', 'old')
  gitIn(origin, 'tag', 't')
  await mirror.fetch()
  gitIn(origin, 'branch', '-D', 'old')
  gitIn(origin, 'branch', 'old/below')
  gitIn(origin, 'commit', '--quiet', '--amend', '-m', 'another')
  gitIn(origin, 'tag', '-f', 't')
  const forced = gitIn(origin, 'rev-parse', 'HEAD').trim()
  const refs = await mirror.fetch()
  assert.deepEqual(namesOf(refs), ['branch main', 'branch old/below', 'tag t'])
  assert.equal(refs.find(({ name }) => name === 'main')?.hash, forced)
  assert.equal(refs.find(({ name }) => name === 't')?.hash, forced)
  assert.equal(await mirror.hasCommit(first), true)
})

test('an empty repository has no refs, until it has', async (t) => {
  const { origin, mirror } = setting(t)
  assert.deepEqual(await mirror.fetch(), [])
  commit(origin, { a: '1' })
  assert.deepEqual(namesOf(await mirror.fetch()), ['branch main'])
})

test('files, paths and commits are read at a commit', async (t) => {
  const { origin, mirror } = setting(t)
  const hash = commit(
    origin,
    { 'qaack/qaack.yml': 'services: {}\n', 'qaack.txt': 't', ü: 'u' },
    'Subject line\n\nbody',
  )
  await mirror.fetch()
  assert.equal(await mirror.readFile(hash, 'qaack/qaack.yml'), 'services: {}\n')
  assert.deepEqual(await mirror.paths(hash, 'qaack'), ['qaack/qaack.yml'])
  assert.deepEqual(await mirror.paths(hash, ''), ['qaack.txt', 'qaack/qaack.yml', 'ü'])
  assert.deepEqual(await mirror.paths(hash, 'nothing'), [])
  assert.deepEqual(await mirror.commitInfo(hash), {
    hash,
    tree: gitIn(origin, 'rev-parse', 'HEAD^{tree}').trim(),
    parents: [],
    author: { name: 'A U Thor', email: 'author@example.com' },
    authoredAt: Date.parse('2024-05-06T07:08:09Z'),
    committedAt: Date.parse('2024-05-06T07:08:09Z'),
    subject: 'Subject line',
  })
  await assert.rejects(mirror.readFile(hash, 'missing'), { fault: 'no-ref' })
  await assert.rejects(mirror.readFile('--version', 'x'), { code: 'invalid' })
  assert.equal(await mirror.hasCommit('0'.repeat(40)), false)
})

test('who asks while a fetch runs shares one more after it', async (t) => {
  const folder = folderFor(t)
  const origin = newRepository(folder)
  commit(origin, { a: '1' })
  const git = testGit()
  const fetches: string[] = []
  const counting = {
    ...git,
    run: (...given: Parameters<typeof git.run>) =>
      /^(clone|fetch)$/.test(given[0][0] ?? '')
        ? (fetches.push(given[0][0] ?? ''), git.run(...given))
        : git.run(...given),
  }
  const mirror = mirrorAt(folder, origin, counting)
  const all = await Promise.all(Array.from({ length: 8 }, () => mirror.fetch()))
  assert.deepEqual(fetches, ['clone', 'fetch'])
  for (const refs of all) assert.deepEqual(namesOf(refs), ['branch main'])
})

test('one who leaves does not end the fetch of the others', async (t) => {
  const { origin, mirror } = setting(t)
  commit(origin, { a: '1' })
  const leaving = new AbortController()
  const left = mirror.fetch(leaving.signal)
  const stays = mirror.fetch()
  leaving.abort(new Error('left'))
  await assert.rejects(left, /left/)
  assert.deepEqual(namesOf(await stays), ['branch main'])
})

test('what a killed process left half made is made anew', async (t) => {
  const { folder, origin, mirror } = setting(t)
  const hash = commit(origin, { a: '1' })
  mkdirSync(join(folder, 'mirrors', 'm.git.new-abc', 'objects'), { recursive: true })
  mkdirSync(join(mirror.dir, 'objects'), { recursive: true })
  await mirror.fetch()
  assert.equal(await mirror.readFile(hash, 'a'), '1')
  assert.deepEqual(readdirSync(join(folder, 'mirrors')), ['m.git'])
})

test('a damaged mirror is made anew', async (t) => {
  const { origin, mirror } = setting(t)
  const hash = commit(origin, { a: '1', b: '2' })
  await mirror.fetch()
  const packs = join(mirror.dir, 'objects', 'pack')
  for (const name of readdirSync(packs).filter((file) => file.endsWith('.pack'))) {
    chmodSync(join(packs, name), 0o644)
    writeFileSync(join(packs, name), 'rubbish')
  }
  await assert.rejects(mirror.readFile(hash, 'a'))
  await mirror.fetch()
  assert.equal(await mirror.readFile(hash, 'a'), '1')
})

test('git is not asked for a commit that a fetch told of a moment ago, and for any other it is', async (t) => {
  const { folder, origin } = setting(t)
  const earlier = commit(origin, { a: '1' })
  const hash = commit(origin, { a: '2' })
  const git = testGit()
  const clock = new ManualClock()
  let asked = 0
  const counting: Git = { ...git, run: (args, options) => ((asked += 1), git.run(args, options)) }
  const mirror = createMirror({
    dir: join(folder, 'mirrors', 'm.git'),
    remote: remoteAt(origin),
    git: counting,
    clock,
  })
  await mirror.fetch()
  const callsFor = async (commit: string, isThere: boolean) => {
    const before = asked
    assert.equal(await mirror.hasCommit(commit), isThere)
    return asked - before
  }
  assert.equal(await callsFor(hash, true), 0)
  assert.equal(await callsFor(earlier, true), 1)
  assert.equal(await callsFor('0'.repeat(40), false), 1)
  await clock.advance(10_000)
  assert.equal(await callsFor(hash, true), 1)
  await mirror.fetch()
  rmSync(mirror.dir, { recursive: true })
  assert.equal(await mirror.hasCommit(hash), false)
})

test('a mirror of many packs is packed anew by a fetch', async (t) => {
  const { origin, mirror } = setting(t)
  const hash = commit(origin, { a: '1' })
  await mirror.fetch()
  const folder = join(mirror.dir, 'objects', 'pack')
  const packs = () => readdirSync(folder).filter((name) => name.endsWith('.pack')).length
  for (let count = 0; packs() < 40; count += 1) {
    const object = await mirror.run(['hash-object', '-w', '--stdin'], { input: `object ${count}` })
    await mirror.run(['pack-objects', '--quiet', join(folder, 'pack')], { input: object.toString('utf8') })
  }
  await mirror.fetch()
  assert.equal(packs(), 1)
  assert.equal(await mirror.readFile(hash, 'a'), '1')
})

test('locks that nobody holds any more do not stop a fetch', async (t) => {
  const { origin, mirror } = setting(t)
  commit(origin, { a: '1' })
  await mirror.fetch()
  mkdirSync(join(mirror.dir, 'refs', 'heads'), { recursive: true })
  for (const lock of ['packed-refs.lock', 'refs/heads/main.lock', 'refs/heads/new.lock'])
    writeFileSync(join(mirror.dir, lock), '')
  gitIn(origin, 'branch', 'new')
  const hash = commit(origin, { a: '2' })
  const refs = await mirror.fetch()
  assert.deepEqual(namesOf(refs), ['branch main', 'branch new'])
  assert.equal(refs.find(({ name }) => name === 'main')?.hash, hash)
  assert.equal(existsSync(join(mirror.dir, 'packed-refs.lock')), false)
})

test('ten thousand refs are read', { timeout: 120_000 }, async (t) => {
  const { origin, mirror } = setting(t)
  const hash = commit(origin, { a: '1' })
  const lines = Array.from(
    { length: 10_000 },
    (_, n) => `${hash} refs/heads/b${String(n).padStart(5, '0')}\n`,
  )
  writeFileSync(
    join(origin, '.git', 'packed-refs'),
    `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`,
  )
  assert.equal((await mirror.fetch()).length, 10_001)
  commit(origin, { a: '2' })
  assert.equal((await mirror.fetch()).length, 10_001)
})

test('a repository that is not there is said to be not there', async (t) => {
  const folder = folderFor(t)
  const mirror = mirrorAt(folder, join(folder, 'nowhere'))
  await assert.rejects(mirror.fetch(), {
    code: 'git_failed',
    fault: 'no-repository',
    message: /no git repository at .*nowhere/,
  })
  assert.equal(existsSync(mirror.dir), false)
})

test(
  'a repository of somebody else on this machine is fetched',
  { skip: process.getuid?.() === 0 ? false : 'only root may give files away' },
  async (t) => {
    const { origin, mirror } = setting(t)
    commit(origin, { a: '1' })
    execFileSync('chown', ['-R', '4321', origin])
    assert.equal((await mirror.fetch()).length, 1)
  },
)

test('a mirror is removed, also twice, and made again', async (t) => {
  const { origin, mirror } = setting(t)
  commit(origin, { a: '1' })
  await mirror.fetch()
  await mirror.remove()
  await mirror.remove()
  assert.equal(existsSync(mirror.dir), false)
  assert.equal(await mirror.size(), 0)
  assert.equal((await mirror.fetch()).length, 1)
})

test('a mirror inside another repository never works in that one', async (t) => {
  const { folder, origin, mirror } = setting(t)
  const hash = commit(origin, { a: '1' })
  newRepository(folder, '.')
  await mirror.fetch()
  rmSync(join(mirror.dir, 'HEAD'))
  await assert.rejects(mirror.readFile(hash, 'a'), { fault: 'corrupt' })
  await mirror.fetch()
  assert.equal(await mirror.readFile(hash, 'a'), '1')
})
