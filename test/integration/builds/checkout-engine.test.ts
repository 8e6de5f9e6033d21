import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { checkout } from '../../../src/builds/checkout.ts'
import type { Container } from '../../../src/engines/engine.ts'
import { openDocker } from '../../contract/engines/docker.ts'
import { sh, World } from '../../contract/engines/harness.ts'
import { commit, folderFor, mirrorAt, newRepository } from '../repositories/sample.ts'
import { plain } from './checkout-setting.ts'

let world: World

before(async () => {
  world = await new World(await openDocker()).open()
})
after(() => world.clear())

async function said(container: Container, text: string): Promise<string> {
  return (await sh(container, text)).output.trim()
}

test('code gets into a container without git and tar, and changes there', async (t) => {
  const folder = folderFor(t)
  const origin = newRepository(folder)
  const first = commit(origin, {
    a: '1',
    'gone/file': 'g',
    'becomes/folder': 'x',
    up: { link: '../../etc/passwd' },
    'odd\nname': 'o',
  })
  const mirror = mirrorAt(folder, origin)
  await mirror.fetch()
  const container = await world.started()
  const wish = {
    mirror,
    ref: { type: 'branch', name: 'main' },
    container,
    path: '/srv/app',
    options: plain,
  } as const
  await checkout({ ...wish, hash: first })
  assert.equal(
    await said(
      container,
      'cat /srv/app/a; readlink /srv/app/up; cat "/srv/app/odd\nname"; cat /srv/app/.git/HEAD',
    ),
    '1../../etc/passwd\noref: refs/heads/main',
  )
  assert.equal(
    await said(container, 'stat -c "%a %u" /srv/app /srv/app/.git /srv/app/a'),
    '755 0\n755 0\n644 0',
  )
  await sh(container, 'echo kept > /srv/app/untracked; ls -i /srv/app/up > /tmp/before')

  const second = commit(origin, { a: '22', gone: null, becomes: 'a file', 'new/deep/file': 'n' })
  await mirror.fetch()
  await checkout({ ...wish, hash: second, previous: first })
  assert.equal(
    await said(
      container,
      'cd /srv/app; cat a becomes new/deep/file untracked; ls -d gone; ls -i /srv/app/up | cmp - /tmp/before',
    ),
    '22a filenkept\nls: gone: No such file or directory',
  )
})

test('code goes to a container that was never started, and to its owner', async (t) => {
  const folder = folderFor(t)
  const origin = newRepository(folder)
  const hash = commit(origin, { 'a/b': '1' })
  const mirror = mirrorAt(folder, origin)
  await mirror.fetch()
  const container = await world.created()
  await checkout({
    mirror,
    hash,
    ref: { type: 'branch', name: 'main' },
    container,
    path: '/home/me/app',
    options: plain,
    owner: { uid: 1000, gid: 1001 },
  })
  await container.start()
  assert.equal(
    await said(container, 'cd /home/me/app; stat -c "%u:%g" . a a/b .git .git/index'),
    Array(5).fill('1000:1001').join('\n'),
  )
})

test('a commit that is not there fails with a sentence, not with what the engine says of a broken stream', async (t) => {
  const folder = folderFor(t)
  const origin = newRepository(folder)
  commit(origin, { a: '1' })
  const mirror = mirrorAt(folder, origin)
  await mirror.fetch()
  const container = await world.started()
  const wish = {
    mirror,
    hash: 'b'.repeat(40),
    ref: { type: 'branch', name: 'main' },
    container,
    path: '/app',
    options: plain,
  } as const
  await assert.rejects(checkout(wish), { code: 'git_failed', message: /no such branch, tag, commit/ })
})
