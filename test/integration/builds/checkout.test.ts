import assert from 'node:assert/strict'
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commit, gitIn } from '../repositories/sample.ts'
import { plain, setting } from './checkout-setting.ts'

function status(app: string): string {
  // Plumbing that never looks at content: it is clean only if the index knows the files' times and sizes.
  gitIn(app, 'fsck', '--strict')
  assert.equal(gitIn(app, 'diff-files', '--name-only'), '')
  return gitIn(app, 'status', '--porcelain')
}

const oddNames = [
  '-rf',
  'new\nline',
  'grüße/naïve ☃.txt',
  `deep/${'d'.repeat(90)}/${'e'.repeat(120)}.txt`,
  'with space',
  'quote"\'`$(x)',
]

test('a fresh checkout is the tree with a repository in which git works', async (t) => {
  const { origin, app, container, put } = setting(t)
  commit(origin, { 'README.md': 'one\n' })
  gitIn(origin, 'tag', '-a', 'v1.0', '-m', 'first')
  const hash = commit(origin, {
    'README.md': 'two\n',
    'bin/run': { run: '#!/bin/sh\n' },
    link: { link: 'README.md' },
    up: { link: '../../outside' },
    empty: '',
    ...Object.fromEntries(oddNames.map((name) => [name, `of ${name}\n`])),
  })
  await put(hash)
  assert.equal(readFileSync(join(app, 'README.md'), 'utf8'), 'two\n')
  for (const name of oddNames) assert.equal(readFileSync(join(app, name), 'utf8'), `of ${name}\n`)
  assert.equal(statSync(join(app, 'bin/run')).mode & 0o777, 0o755)
  assert.equal(statSync(join(app, 'README.md')).mode & 0o777, 0o644)
  assert.equal(readlinkSync(join(app, 'link')), 'README.md')
  assert.equal(readlinkSync(join(app, 'up')), '../../outside')
  assert.equal(statSync(join(app, 'README.md')).mtimeMs, Date.parse('2024-05-06T07:08:09Z'))
  assert.equal(status(app), '')
  assert.equal(gitIn(app, 'describe').trim(), `v1.0-1-g${hash.slice(0, 7)}`)
  assert.equal(gitIn(app, 'symbolic-ref', 'HEAD').trim(), 'refs/heads/main')
  assert.equal(gitIn(app, 'rev-parse', 'HEAD', 'origin/main').trim(), `${hash}\n${hash}`)
  assert.equal(gitIn(app, 'rev-list', '--count', 'HEAD').trim(), '2')
  assert.equal(gitIn(app, 'remote', 'get-url', 'origin').trim(), origin)
  assert.throws(() => gitIn(app, 'push', 'origin', 'main'), /no-push/)
  assert.deepEqual([container.copies, container.commands], [1, []])
})

test('a tag or a change is checked out without a branch', async (t) => {
  const { origin, app, put } = setting(t)
  const hash = commit(origin, { a: '1' })
  gitIn(origin, 'tag', 'v1')
  await put(hash, { ref: { type: 'tag', name: 'v1' } })
  assert.throws(() => gitIn(app, 'symbolic-ref', 'HEAD'))
  assert.equal(gitIn(app, 'describe', '--tags').trim(), 'v1')
  assert.equal(gitIn(app, 'rev-parse', 'HEAD').trim(), hash)
  assert.equal(status(app), '')
})

test('export-ignore and export-subst are not obeyed, line ends and their sizes are', async (t) => {
  const { origin, app, put } = setting(t)
  const hash = commit(origin, {
    '.gitattributes': '*.bat text eol=crlf\nsecret export-ignore\nversion export-subst\n',
    'a.bat': 'one\r\ntwo\r\n',
    secret: 'kept',
    version: '$Format:%H$\n',
  })
  await put(hash)
  assert.equal(readFileSync(join(app, 'a.bat'), 'utf8'), 'one\r\ntwo\r\n')
  assert.equal(readFileSync(join(app, 'secret'), 'utf8'), 'kept')
  assert.equal(readFileSync(join(app, 'version'), 'utf8'), '$Format:%H$\n')
  assert.equal(status(app), '')
})

test('a commit without files is checked out as a repository without files', async (t) => {
  const { origin, app, put } = setting(t)
  const hash = commit(origin, {})
  await put(hash)
  assert.equal(status(app), '')
  assert.equal(gitIn(app, 'rev-parse', 'HEAD').trim(), hash)
})

test('a repository with SHA-256 hashes is checked out', async (t) => {
  const { origin, app, put } = setting(t, '--object-format=sha256')
  const first = commit(origin, { a: '1', b: '1' })
  const second = commit(origin, { a: '2' })
  await put(first)
  await put(second, { previous: first })
  assert.equal(second.length, 64)
  assert.equal(status(app), '')
})

test('a file larger than any buffer comes whole', async (t) => {
  const { origin, app, put } = setting(t)
  const big = Buffer.alloc(24 * 1024 * 1024, 'qaack')
  await put(commit(origin, { big }))
  assert.ok(readFileSync(join(app, 'big')).equals(big))
  assert.equal(status(app), '')
})

test(
  'owner and group are those asked for, of every file and folder',
  { skip: process.getuid?.() === 0 ? false : 'only root may give files away' },
  async (t) => {
    const { origin, app, put } = setting(t)
    await put(commit(origin, { 'a/b': '1' }), { owner: { uid: 1234, gid: 2345 } })
    for (const path of ['', 'a', 'a/b', '.git', '.git/index', '.git/objects/pack']) {
      const { uid, gid } = lstatSync(join(app, path))
      assert.deepEqual([uid, gid], [1234, 2345], path)
    }
  },
)

test('with a depth only so many commits are there', async (t) => {
  const { origin, app, put } = setting(t)
  for (const n of [1, 2, 3, 4]) commit(origin, { a: `${n}` })
  gitIn(origin, 'tag', 'old', 'HEAD~3')
  gitIn(origin, 'tag', 'near', 'HEAD~1')
  const hash = commit(origin, { a: '5' })
  await put(hash, { options: { ...plain, depth: 3 } })
  assert.equal(gitIn(app, 'rev-list', '--count', 'HEAD').trim(), '3')
  assert.equal(gitIn(app, 'tag').trim(), 'near')
  assert.equal(gitIn(app, 'describe', '--tags').trim(), `near-2-g${hash.slice(0, 7)}`)
  assert.equal(status(app), '')
})

test('an aborted checkout ends with the reason of its signal', async (t) => {
  const { origin, put } = setting(t)
  const hash = commit(origin, { a: '1' })
  const reason = new Error('cancelled')
  await assert.rejects(put(hash, { signal: AbortSignal.abort(reason) }), reason)
})

test('a path that is not absolute is refused with a sentence', async (t) => {
  const { origin, put } = setting(t)
  await assert.rejects(put(commit(origin, { a: '1' }), { path: '../etc' }), {
    name: 'BuildFailure',
    message: /absolute path/,
  })
})

test('what was left of a checkout on this server is nothing', async (t) => {
  const { origin, mirror, app, put } = setting(t)
  await put(commit(origin, { a: '1' }))
  writeFileSync(join(app, 'a'), 'edited')
  assert.equal(gitIn(app, 'status', '--porcelain').trim(), 'M a')
  const left = gitIn(mirror.dir, 'count-objects', '-v')
  assert.match(left, /garbage: 0/)
  assert.deepEqual(
    readdirSync(mirror.dir).filter((name) => name.startsWith('scratch-')),
    [],
  )
})
