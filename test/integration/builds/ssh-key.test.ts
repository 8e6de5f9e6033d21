import assert from 'node:assert/strict'
import { test } from 'node:test'
import { becomes } from '../environments/house.ts'
import { built, disposing, offer, openHouseWithChanges, repositoryOf } from './changes.ts'

const file = `
services:
  web: {image: web, commands: {show: echo hello}, start: serve}
`

/** A repository from before there were keys, and the preview of a change of it. */
async function builtChange(fork: boolean) {
  const house = await openHouseWithChanges(file)
  await becomes(house.clock, async () => (await repositoryOf(house)).sshKey !== null)
  await house.parts.store.commit([
    { save: 'repository', record: { ...(await repositoryOf(house)), sshKey: null } },
  ])
  const hash = house.origin.commit('feature', { new: 'n' })
  house.origin.commit('main', { old: 'o' })
  const approved = { hash, target: 'main', by: 'grace', at: 1 }
  const { environmentId } = await offer(house, hash, { fork, approved })
  const result = await built(house, environmentId)
  assert.equal(result.environment.state, 'built', result.environment.reason)
  const { sshKey } = await repositoryOf(house)
  const files = (result.container?.workload.files ?? []).filter(({ path }) => path.startsWith('/root/.ssh/'))
  return { ...disposing(house), sshKey, files }
}

test('a repository without a key gets one at its next build, and its services find it', async () => {
  await using place = await builtChange(false)
  assert.match(place.sshKey?.public ?? '', /^ssh-rsa AAAA\S+ qaack-/)
  assert.doesNotMatch(place.sshKey?.private ?? '', /PRIVATE KEY/)
  assert.deepEqual(
    place.files.map(({ path, mode, secret = false }) => [path, mode, secret]),
    [
      ['/root/.ssh/id_rsa', 0o600, true],
      ['/root/.ssh/id_rsa.pub', 0o644, false],
      ['/root/.ssh/config', 0o600, false],
    ],
  )
  assert.match(place.files[0]?.content ?? '', /^-----BEGIN RSA PRIVATE KEY-----/)
  assert.equal(place.files[1]?.content, `${place.sshKey?.public}\n`)
})

test('code of a fork gets no key, and none is made for it', async () => {
  await using place = await builtChange(true)
  assert.deepEqual(place.files, [])
  assert.equal(place.sshKey, null)
})
