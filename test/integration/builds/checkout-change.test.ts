import assert from 'node:assert/strict'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { Preparations } from '../../../src/builds/checkout-prepared.ts'
import { Trees } from '../../../src/builds/checkout-trees.ts'
import { systemClock } from '../../../src/clock.ts'
import { commit, gitIn, type Files } from '../repositories/sample.ts'
import { plain, setting, settingIn } from './checkout-setting.ts'

function isClean(app: string): void {
  gitIn(app, 'fsck', '--strict')
  assert.equal(gitIn(app, 'status', '--porcelain', '--untracked-files=no'), '')
}

test('a change puts only what differs, removes what is gone, and leaves the rest with its time', async (t) => {
  const { origin, app, container, put } = setting(t)
  const first = commit(origin, {
    same: 's',
    edited: 'old',
    'gone/deep/file': 'g',
    'gone/stays': 'x',
    '-rf': 'dash',
    big: 'x'.repeat(100_000),
  })
  await put(first)
  writeFileSync(join(app, 'untracked'), 'result of a build')
  mkdirSync(join(app, 'gone/deep/cache'), { recursive: true })
  writeFileSync(join(app, 'gone/deep/cache/kept'), 'k')
  const before = { same: statSync(join(app, 'same')), bytes: container.received }
  const second = commit(origin, {
    edited: 'new and longer',
    'gone/deep/file': null,
    '-rf': null,
    'new/file': 'n',
  })
  await put(second, { previous: first })
  assert.equal(readFileSync(join(app, 'edited'), 'utf8'), 'new and longer')
  assert.equal(readFileSync(join(app, 'new/file'), 'utf8'), 'n')
  assert.equal(existsSync(join(app, '-rf')), false)
  assert.equal(existsSync(join(app, 'gone/deep/file')), false)
  assert.equal(readFileSync(join(app, 'gone/deep/cache/kept'), 'utf8'), 'k')
  assert.equal(readFileSync(join(app, 'untracked'), 'utf8'), 'result of a build')
  assert.deepEqual(
    [statSync(join(app, 'same')).mtimeMs, statSync(join(app, 'same')).ino],
    [before.same.mtimeMs, before.same.ino],
  )
  assert.ok(
    statSync(join(app, 'edited')).mtimeMs > before.same.mtimeMs,
    'a changed file is newer than what was built before',
  )
  assert.ok(container.received - before.bytes < 50_000)
  assert.equal(container.commands.length, 1)
  assert.equal(gitIn(app, 'diff-files', '--name-only'), '')
  isClean(app)
  assert.equal(gitIn(app, 'rev-list', '--count', 'HEAD').trim(), '2')
})

test('a change without removals runs no command in the container', async (t) => {
  const { origin, container, app, put } = setting(t)
  const first = commit(origin, { a: '1' })
  await put(first)
  await put(commit(origin, { a: '2', b: '1' }), { previous: first })
  assert.deepEqual(container.commands, [])
  isClean(app)
})

test('the same commit again moves only the branch', async (t) => {
  const { origin, app, container, put } = setting(t)
  const hash = commit(origin, { a: '1' })
  await put(hash)
  await put(hash, { previous: hash, ref: { type: 'branch', name: 'other/name' } })
  assert.equal(gitIn(app, 'symbolic-ref', 'HEAD').trim(), 'refs/heads/other/name')
  assert.deepEqual(container.commands, [])
  isClean(app)
})

test('folders that nothing is left in go, as git does it', async (t) => {
  const { origin, app, put } = setting(t)
  const first = commit(origin, { 'a/b/c/d': '1', 'a/x': '1' })
  await put(first)
  await put(commit(origin, { 'a/b': null }), { previous: first })
  assert.equal(existsSync(join(app, 'a/b')), false)
  assert.equal(existsSync(join(app, 'a/x')), true)
})

const kinds: Record<string, Files[string]> = {
  file: 'text',
  program: { run: '#!/bin/sh\n' },
  link: { link: 'elsewhere' },
  folder: null,
}

for (const [from, before] of Object.entries(kinds)) {
  for (const [to, after] of Object.entries(kinds).filter(([name]) => name !== from)) {
    test(`a ${from} becomes a ${to}`, async (t) => {
      const { origin, app, put } = setting(t)
      const made = (content: Files[string]): Files =>
        content === null ? { thing: null, 'thing/inner/file': 'i' } : { thing: content ?? '' }
      const first = commit(origin, { other: 'o', ...made(before) })
      await put(first)
      if (from === 'folder') writeFileSync(join(app, 'thing/untracked'), 'u')
      await put(commit(origin, made(after)), { previous: first })
      const thing = lstatSync(join(app, 'thing'))
      if (to === 'link') assert.equal(readlinkSync(join(app, 'thing')), 'elsewhere')
      else assert.equal(thing.isDirectory(), to === 'folder')
      if (to === 'program' || to === 'file')
        assert.equal(thing.mode & 0o777, to === 'program' ? 0o755 : 0o644)
      isClean(app)
    })
  }
}

test('after a forced push the new history is there', async (t) => {
  const { origin, app, put } = setting(t)
  commit(origin, { a: '1' })
  const first = commit(origin, { a: '2', b: 'x' })
  await put(first)
  gitIn(origin, 'reset', '--quiet', '--hard', 'HEAD~1')
  const second = commit(origin, { a: '3' })
  gitIn(origin, 'tag', '-a', 'late', '-m', 'on an old commit', 'HEAD~1')
  await put(second, { previous: first })
  assert.equal(existsSync(join(app, 'b')), false)
  assert.equal(gitIn(app, 'describe').trim(), `late-1-g${second.slice(0, 7)}`)
  isClean(app)
})

test('a cut-off history stays whole and cut off, also when old content comes back', async (t) => {
  const { origin, app, put } = setting(t)
  const options = { ...plain, depth: 2 }
  commit(origin, { a: 'old content', 'd/e': '1' })
  commit(origin, { a: 'newer' })
  const first = commit(origin, { a: 'newest' })
  await put(first, { options })
  const second = commit(origin, { a: 'old content' })
  await put(second, { options, previous: first })
  assert.equal(gitIn(app, 'rev-list', '--count', 'HEAD').trim(), '2')
  isClean(app)
  gitIn(origin, 'checkout', '--quiet', '-B', 'main', 'HEAD~3')
  const third = commit(origin, { a: 'another branch' })
  await put(third, { options, previous: second })
  assert.equal(gitIn(app, 'rev-list', '--count', 'HEAD').trim(), '2')
  isClean(app)
})

test('a deeper history than before is sent whole', async (t) => {
  const { origin, app, put } = setting(t)
  for (const n of [1, 2, 3]) commit(origin, { a: `${n}` })
  const first = commit(origin, { a: '4' })
  await put(first, { options: { ...plain, depth: 1 } })
  await put(first, { previous: first, previousOptions: { ...plain, depth: 1 } })
  assert.equal(gitIn(app, 'rev-list', '--count', 'HEAD').trim(), '4')
  isClean(app)
})

test('a commit that was worked on is moved to the new one', async (t) => {
  const { origin, app, put } = setting(t)
  const first = commit(origin, { a: '1' })
  await put(first)
  gitIn(app, 'commit', '--quiet', '--allow-empty', '-m', 'made by a build step')
  gitIn(app, 'config', 'user.name', 'set by a build step')
  const second = commit(origin, { a: '2' })
  await put(second, { previous: first })
  assert.equal(gitIn(app, 'rev-parse', 'HEAD').trim(), second)
  assert.equal(gitIn(app, 'config', 'user.name').trim(), 'set by a build step')
  isClean(app)
})

test('a commit that is gone from the repository cannot be built upon', async (t) => {
  const { origin, put } = setting(t)
  const hash = commit(origin, { a: '1' })
  await put(hash)
  await assert.rejects(put(hash, { previous: 'a'.repeat(40) }), { code: 'git_failed' })
})

test('going through any trees ends with the last one', async () => {
  const leaf = fc.constantFrom<Files[string]>('1', '22', null, { link: 'x' }, { run: 'r' })
  const path = fc.constantFrom('a', 'b', 'a/b', 'a/b/c', 'd/é', 'd/x\ny')
  const tree = fc.uniqueArray(fc.tuple(path, leaf), { selector: ([name]) => name, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.array(tree, { minLength: 2, maxLength: 3 }), async (trees) => {
      const folder = mkdtempSync(join(tmpdir(), 'qaack-git-'))
      try {
        const { origin, app, put } = settingIn(folder)
        let previous: string | undefined
        for (const files of trees) {
          gitIn(origin, 'rm', '-rq', '--ignore-unmatch', '.')
          const consistent = files.filter(([name]) => !files.some(([other]) => name.startsWith(`${other}/`)))
          const hash = commit(origin, Object.fromEntries(consistent))
          await put(hash, previous === undefined ? {} : { previous })
          previous = hash
        }
        isClean(app)
        assert.equal(gitIn(app, 'status', '--porcelain', '--ignored'), '')
        assert.equal(gitIn(app, 'ls-tree', '-r', 'HEAD'), gitIn(origin, 'ls-tree', '-r', 'HEAD'))
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }),
    { numRuns: 12 },
  )
})

test('a change from a commit whose tree is remembered gives the same index as one that git is asked about', async (t) => {
  const { origin, app, put } = setting(t)
  const first = commit(origin, { a: '1', 'b/c': '22', 'b/d': '333', e: { link: 'a' }, becomes: 'x' })
  const second = commit(origin, {
    'b/c': null,
    'b/new': '4444',
    becomes: null,
    'becomes/folder': '5',
    a: '66',
  })
  const clock = { ...systemClock, now: () => 1_800_000_000_000 }
  const indexes = []
  for (const [place, preparations] of Object.entries({
    remembered: new Preparations(),
    asked: new Preparations(new Trees(0)),
  })) {
    const path = join(app, place)
    await put(first, { path, preparations, clock })
    await put(second, { path, preparations, clock, previous: first })
    isClean(path)
    indexes.push(gitIn(path, 'ls-files', '--stage', '--debug'))
  }
  assert.match(indexes[0] ?? '', /size: 4\b/)
  assert.equal(indexes[0], indexes[1])
})
