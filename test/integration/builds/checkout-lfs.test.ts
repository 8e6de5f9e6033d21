import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkout } from '../../../src/builds/checkout.ts'
import { commit, gitIn, mirrorAt, testGit } from '../repositories/sample.ts'
import { plain, setting } from './checkout-setting.ts'

const installed = spawnSync('git-lfs', ['version']).status === 0
const options = { ...plain, lfs: true }

test(
  'large files come themselves, not their pointers',
  { skip: installed ? false : 'git-lfs is not installed on this machine' },
  async (t) => {
    const { origin, app, put } = setting(t)
    gitIn(origin, 'lfs', 'install', '--local')
    gitIn(origin, 'lfs', 'track', '*.bin')
    const big = Buffer.alloc(300_000, 'qaack')
    const hash = commit(origin, { 'a.bin': big, 'b.txt': 'plain' })
    await put(hash, { options })
    assert.ok(readFileSync(join(app, 'a.bin')).equals(big))
    assert.equal(gitIn(app, 'status', '--porcelain'), '')
  },
)

test('lfs without git-lfs on the server fails the build with what to install', async (t) => {
  const { folder, origin, container, app } = setting(t)
  const hash = commit(origin, { a: '1' })
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const program of ['git', 'sh'])
    symlinkSync(execFileSync('which', [program], { encoding: 'utf8' }).trim(), join(bin, program))
  const mirror = mirrorAt(folder, origin, testGit({ PATH: bin }))
  await mirror.fetch()
  const wish = { mirror, hash, ref: { type: 'branch', name: 'main' }, container, path: app, options } as const
  await assert.rejects(checkout(wish), { name: 'BuildFailure', message: /git-lfs is not installed/ })
})
