import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fetchChange, fetchTarget, forgetChange } from '../../../src/repositories/fetch-change.ts'
import { mirrorOf } from '../../../src/repositories/mirrors.ts'
import { disposing, openHouseWithChanges, repositoryOf } from '../builds/changes.ts'

/** Change 12 of a fork, at a commit that no branch leads to. */
async function setting() {
  const house = await openHouseWithChanges('services: {web: {image: web}}\n')
  const { origin } = house
  const push = (text: string) => {
    const hash = origin.commit('fork', { new: text })
    origin.git('update-ref', 'refs/pull/12/head', hash)
    origin.git('checkout', '-q', 'main')
    origin.git('branch', '-qD', 'fork')
    return hash
  }
  const repository = await repositoryOf(house)
  const mirror = mirrorOf(house.parts, repository)
  const fetch = (hash: string, name = '12') => fetchChange(house.parts, repository, { name, hash })
  const kept = async () =>
    (await mirror.run(['for-each-ref', '--format=%(refname)', 'refs/qaack'])).toString().trim()
  return { ...disposing(house), origin, push, repository, mirror, fetch, kept }
}

test("a fork's commit comes through the ref of the change, and stays when refs are read again", async () => {
  await using made = await setting()
  const { push, mirror, fetch, kept } = made
  const hash = push('1')
  await mirror.fetch()
  assert.equal(await mirror.hasCommit(hash), false)
  await fetch(hash)
  assert.equal(await mirror.hasCommit(hash), true)
  await mirror.fetch()
  assert.equal(await kept(), 'refs/qaack/changes/12')
  assert.deepEqual(
    (await mirror.refs()).map(({ name }) => name),
    ['main'],
    'it is neither branch nor tag',
  )
})

test('what was pushed over something else is followed, and many who ask at once get it', async () => {
  await using made = await setting()
  const { push, mirror, fetch } = made
  await fetch(push('1'))
  const second = push('2')
  await Promise.all([...Array.from({ length: 8 }, () => fetch(second)), mirror.fetch(), mirror.fetch()])
  assert.equal(await mirror.hasCommit(second), true)
})

test('a mirror that is not there yet, or was damaged, is made first', async () => {
  await using made = await setting()
  const { push, mirror, fetch } = made
  await mirror.remove()
  const hash = push('1')
  await fetch(hash)
  assert.equal(await mirror.hasCommit(hash), true)
})

test('a commit that the ref has moved away from is fetched by its hash where the host gives it', async () => {
  await using made = await setting()
  const { origin, push, mirror, fetch } = made
  const first = push('1')
  push('2')
  origin.git('config', 'uploadpack.allowAnySHA1InWant', 'true')
  await fetch(first)
  assert.equal(await mirror.hasCommit(first), true)
})

test('a commit that is gone, and a change that is, are told as such', async () => {
  await using made = await setting()
  const { origin, push, fetch } = made
  const first = push('1')
  push('2')
  origin.git('config', 'uploadpack.allowAnySHA1InWant', 'false')
  origin.git('reflog', 'expire', '--expire=now', '--all')
  origin.git('gc', '-q', '--prune=now')
  await assert.rejects(fetch(first), {
    fault: 'no-ref',
    message: `commit ${first.slice(0, 7)} of change 12 is not there any more: another one was pushed in its place`,
  })
  await assert.rejects(fetch(first, '13'), {
    fault: 'no-ref',
    message: /change 13 .*no refs\/pull\/13\/head/,
  })
})

test('a change that has ended lets go of its ref, twice too, and without a mirror', async () => {
  await using made = await setting()
  const { house, push, repository, mirror, fetch, kept } = made
  await fetch(push('1'))
  await forgetChange(house.parts, repository, '12')
  await forgetChange(house.parts, repository, '12')
  assert.equal(await kept(), '')
  await mirror.remove()
  await forgetChange(house.parts, repository, '12')
})

test('the target is the branch as it is now, or none', async () => {
  await using made = await setting()
  const { house, origin, repository } = made
  const hash = origin.commit('main', { more: 'm' })
  origin.git('tag', 'release')
  assert.equal(await fetchTarget(house.parts, repository, 'main'), hash)
  assert.equal(await fetchTarget(house.parts, repository, 'release'), undefined)
})
