import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { changedPaths, mergeCommits } from '../../../src/repositories/merge.ts'
import { commit, folderFor, gitIn, mirrorAt, newRepository, testGit } from './sample.ts'

/** A repository in which `feature` left `main` at its first commit; `on` commits to a branch. */
function setting(t: TestContext) {
  const folder = folderFor(t)
  const origin = newRepository(folder)
  const mirror = mirrorAt(folder, origin)
  const on = (branch: string, ...rest: [Parameters<typeof commit>[1], string?]) => {
    gitIn(origin, 'checkout', '--quiet', branch)
    return commit(origin, ...rest)
  }
  const first = commit(origin, { both: '1\n2\n3\n4\n5\n', mine: 'm', 'dir/one': 'one\n', 'dir/two': 'two\n' })
  gitIn(origin, 'branch', 'feature')
  const merge = async (target: string, source: string) => {
    await mirror.fetch()
    return mergeCommits(mirror, { target, source, message: 'Merge change 12 into main' })
  }
  return { folder, origin, mirror, on, first, merge }
}

test('two commits are merged into one that has both as parents, target first, and both contents', async (t) => {
  const { mirror, on, merge } = setting(t)
  const source = on('feature', { both: '1\n2\n3\n4\nfive\n', new: 'n' })
  const target = on('main', { both: 'one\n2\n3\n4\n5\n', mine: null })
  const merged = await merge(target, source)
  assert.ok('commit' in merged)
  assert.equal(await mirror.readFile(merged.commit, 'both'), 'one\n2\n3\n4\nfive\n')
  assert.deepEqual(await mirror.paths(merged.commit, ''), ['both', 'dir/one', 'dir/two', 'new'])
  const { parents, author, subject, committedAt, authoredAt } = await mirror.commitInfo(merged.commit)
  assert.deepEqual(parents, [target, source])
  assert.deepEqual(author, { name: 'Qaack', email: 'qaack@invalid' })
  assert.equal(subject, 'Merge change 12 into main')
  const { committedAt: sourceTime } = await mirror.commitInfo(source)
  assert.deepEqual([committedAt, authoredAt], [sourceTime, sourceTime])
  await mirror.run(['fsck', '--strict'])
})

test('the same two give the same commit, on another server too, and it survives fetching and packing', async (t) => {
  const { folder, origin, mirror, on, merge } = setting(t)
  const source = on('feature', { new: 'n' })
  const target = on('main', { other: 'o' })
  const merged = await merge(target, source)
  assert.ok('commit' in merged)
  const elsewhere = mirrorAt(join(folder, 'another'), origin)
  await elsewhere.fetch()
  const wish = { target, source, message: 'Merge change 12 into main' }
  assert.deepEqual(await mergeCommits(elsewhere, wish), merged)
  await mirror.fetch()
  await mirror.run(['repack', '-a', '-d', '--keep-unreachable', '--quiet'])
  assert.equal(await mirror.hasCommit(merged.commit), true)
  assert.deepEqual(await merge(target, source), merged)
})

test('where one contains the other it is that one itself', async (t) => {
  const { on, first, merge } = setting(t)
  const ahead = on('feature', { new: 'n' })
  assert.deepEqual(await merge(first, ahead), { commit: ahead })
  assert.deepEqual(await merge(ahead, first), { commit: ahead })
  assert.deepEqual(await merge(ahead, ahead), { commit: ahead })
})

test('a conflict names its files, sorted, also odd ones', async (t) => {
  const { on, merge } = setting(t)
  const source = on('feature', { both: 'theirs\n', 'b/ü\n"x': '1', mine: null, fine: 'f' })
  const target = on('main', { both: 'ours\n', 'b/ü\n"x': '2', mine: 'changed', other: 'o' })
  assert.deepEqual(await merge(target, source), { conflicts: ['b/ü\n"x', 'both', 'mine'] })
})

test('a conflict that no file has is one all the same', async (t) => {
  const { origin, on, merge } = setting(t)
  gitIn(origin, 'checkout', '--quiet', 'main')
  mkdirSync(join(origin, 'here'))
  mkdirSync(join(origin, 'there'))
  gitIn(origin, 'mv', 'dir/one', 'here/one')
  gitIn(origin, 'mv', 'dir/two', 'there/two')
  const target = commit(origin, {})
  const source = on('feature', { 'dir/three': '3' })
  assert.deepEqual(await merge(target, source), { conflicts: ['dir'] })
})

test('a conflict of very many files is told in part', async (t) => {
  const { on, merge } = setting(t)
  const folder = `${'long-name-'.repeat(20)}/`.repeat(12)
  const files = (text: string) =>
    Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`${folder}${at}`, `${text} ${at}`]))
  const source = on('feature', files('theirs'))
  const target = on('main', files('ours'))
  const merged = await merge(target, source)
  assert.ok('conflicts' in merged)
  assert.ok(merged.conflicts.length > 300 && merged.conflicts.length < 600)
  for (const path of merged.conflicts) assert.match(path.slice(folder.length), /^\d+$/)
})

test('histories without a common commit are refused with what to do', async (t) => {
  const { origin, first, merge } = setting(t)
  gitIn(origin, 'checkout', '--quiet', '--orphan', 'alone')
  const alone = commit(origin, { alone: 'a' })
  await assert.rejects(merge(first, alone), { name: 'BuildFailure', message: /no commit in common/ })
})

test('a commit that is not there is a failure of git, not a conflict', async (t) => {
  const { first, merge } = setting(t)
  await assert.rejects(merge(first, 'e'.repeat(40)), { code: 'git_failed' })
  await assert.rejects(merge(first, '--help'), { code: 'invalid' })
})

test('a git that is too old to merge is told with the one to install', async (t) => {
  const { folder, origin, on, mirror } = setting(t)
  const source = on('feature', { new: 'n' })
  const target = on('main', { other: 'o' })
  await mirror.fetch()
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const real = `PATH='${process.env['PATH']}' exec git "$@"`
  const usage = 'echo "usage: git merge-tree <base-tree> <branch1> <branch2>" >&2; exit 129'
  writeFileSync(join(bin, 'git'), `#!/bin/sh\ntest "$1" = merge-tree && { ${usage}; }\n${real}\n`)
  chmodSync(join(bin, 'git'), 0o755)
  const old = mirrorAt(folder, origin, testGit({ PATH: `${bin}:${process.env['PATH']}` }))
  await assert.rejects(mergeCommits(old, { target, source, message: 'm' }), {
    code: 'git_failed',
    message: /install git 2\.38/,
  })
})

test('a merge that is not wanted any more ends with the reason', async (t) => {
  const { on, mirror } = setting(t)
  const source = on('feature', { new: 'n' })
  const target = on('main', { other: 'o' })
  await mirror.fetch()
  const reason = new Error('not wanted')
  const merging = mergeCommits(mirror, { target, source, message: 'm' }, AbortSignal.abort(reason))
  await assert.rejects(merging, reason)
})

test('the paths of a change are those of all its commits since it left its target, moved files twice', async (t) => {
  const { origin, on, mirror } = setting(t)
  on('feature', { 'web/ü': '1', mine: null })
  gitIn(origin, 'mv', 'dir/one', 'dir/uno')
  const source = commit(origin, { 'docs/a': 'a' })
  const target = on('main', { 'not/ours': 'x' })
  await mirror.fetch()
  assert.deepEqual((await changedPaths(mirror, target, source)).sort(), [
    'dir/one',
    'dir/uno',
    'docs/a',
    'mine',
    'web/ü',
  ])
  assert.deepEqual(await changedPaths(mirror, source, source), [])
})

test('of a change that took its target in, the paths of the target are not its own', async (t) => {
  const { origin, on, mirror } = setting(t)
  on('feature', { web: '1' })
  const target = on('main', { 'not/ours': 'x' })
  gitIn(origin, 'checkout', '--quiet', 'feature')
  gitIn(origin, 'merge', '--quiet', '-m', 'm', 'main')
  const source = gitIn(origin, 'rev-parse', 'HEAD').trim()
  await mirror.fetch()
  assert.deepEqual(await changedPaths(mirror, target, source), ['web'])
})

test('a change that has no commit in common with its target changes everything', async (t) => {
  const { origin, first, mirror } = setting(t)
  gitIn(origin, 'checkout', '--quiet', '--orphan', 'alone')
  const alone = commit(origin, { alone: 'a' })
  await mirror.fetch()
  assert.ok((await changedPaths(mirror, first, alone)).includes('alone'))
})
