import assert from 'node:assert/strict'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commit, gitIn, newRepository } from '../repositories/sample.ts'
import { plain, setting, type Setting } from './checkout-setting.ts'

const options = { ...plain, submodules: true }

/** origin has `libs/one` (by relative address), which has `two`. */
function nested(made: Setting) {
  const two = newRepository(made.folder, 'two.git-source')
  commit(two, { deep: 'd1' })
  const one = newRepository(made.folder, 'one')
  gitIn(one, 'submodule', '--quiet', 'add', '../two.git-source', 'two')
  commit(one, { middle: 'm1' })
  gitIn(made.origin, 'submodule', '--quiet', 'add', '../one', 'libs/one')
  const hash = commit(made.origin, { top: 't1' })
  return { one, two, hash }
}

test('submodules are put in place, also those of submodules', async (t) => {
  const made = setting(t)
  const { hash } = nested(made)
  await made.put(hash, { options })
  const { app, container } = made
  assert.equal(readFileSync(join(app, 'libs/one/middle'), 'utf8'), 'm1')
  assert.equal(readFileSync(join(app, 'libs/one/two/deep'), 'utf8'), 'd1')
  const lines = gitIn(app, 'submodule', 'status', '--recursive').trimEnd().split('\n')
  assert.equal(lines.length, 2)
  for (const line of lines) assert.match(line, /^ [0-9a-f]{40} libs\/one/)
  assert.equal(gitIn(app, 'status', '--porcelain'), '')
  assert.equal(gitIn(join(app, 'libs/one'), 'status', '--porcelain'), '')
  assert.equal(container.copies, 1)
})

test('without submodules an empty folder stands for each', async (t) => {
  const made = setting(t)
  const { hash } = nested(made)
  await made.put(hash)
  assert.equal(existsSync(join(made.app, 'libs/one')), true)
  assert.equal(existsSync(join(made.app, 'libs/one/middle')), false)
  assert.equal(gitIn(made.app, 'status', '--porcelain'), '')
})

test('a submodule that moved is changed in place; one that came or went comes and goes', async (t) => {
  const made = setting(t)
  const { app, origin, container } = made
  const { one, two, hash } = nested(made)
  await made.put(hash, { options })
  const moved = commit(one, { middle: 'm2', more: 'x' })
  gitIn(join(origin, 'libs/one'), 'fetch', '--quiet')
  gitIn(join(origin, 'libs/one'), 'checkout', '--quiet', moved)
  gitIn(origin, 'submodule', '--quiet', 'add', two, 'again')
  const second = commit(origin, {})
  const before = container.received
  await made.put(second, { options, previous: hash })
  assert.equal(readFileSync(join(app, 'libs/one/middle'), 'utf8'), 'm2')
  assert.equal(readFileSync(join(app, 'again/deep'), 'utf8'), 'd1')
  assert.ok(container.received - before < 60_000)
  assert.equal(gitIn(app, 'status', '--porcelain'), '')
  assert.match(gitIn(app, 'submodule', 'status'), /^ [0-9a-f]{40} again.*\n [0-9a-f]{40} libs\/one/)

  gitIn(origin, 'rm', '--quiet', '-f', 'libs/one')
  const third = commit(origin, {})
  await made.put(third, { options, previous: second })
  assert.equal(existsSync(join(app, 'libs/one')), false)
  assert.equal(gitIn(app, 'status', '--porcelain'), '')
})

test('a submodule that cannot be had fails the build with its path', async (t) => {
  const made = setting(t)
  const { one, hash } = nested(made)
  renameSync(one, `${one}-moved`)
  await assert.rejects(made.put(hash, { options }), { name: 'BuildFailure', message: /libs\/one/ })
})

test('a link without an entry in .gitmodules fails the build with what to do', async (t) => {
  const made = setting(t)
  nested(made)
  const hash = commit(made.origin, { '.gitmodules': null })
  await assert.rejects(made.put(hash, { options }), {
    name: 'BuildFailure',
    message: /libs\/one is not in \.gitmodules/,
  })
})

for (const url of ['ext::sh -c touch% /tmp/x', '--upload-pack=touch', 'fd::3']) {
  test(`a submodule's address ${url} is refused`, async (t) => {
    const made = setting(t)
    nested(made)
    const modules = `[submodule "libs/one"]\n\tpath = libs/one\n\turl = "${url}"\n`
    const hash = commit(made.origin, { '.gitmodules': modules })
    await assert.rejects(made.put(hash, { options }), { name: 'BuildFailure', message: /cannot be fetched/ })
  })
}

test('a name that leads out of the git directory is as good as none', async (t) => {
  const made = setting(t)
  const { one } = nested(made)
  const hash = commit(made.origin, {
    '.gitmodules': `[submodule "../../hooks"]\n\tpath = libs/one\n\turl = ${one}\n`,
  })
  await assert.rejects(made.put(hash, { options }), { name: 'BuildFailure', message: /not in \.gitmodules/ })
})
