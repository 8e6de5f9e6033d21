import assert from 'node:assert/strict'
import test from 'node:test'
import { deleteRepository } from '../../../src/repositories/manage.ts'
import { publishChange } from '../../../src/reports/publish.ts'
import { seal } from '../../../src/secrets.ts'
import { repository } from '../../unit/reports/records.ts'
import { openPlace } from './place.ts'

type Place = Awaited<ReturnType<typeof openPlace>>

const publish = (place: Place) => publishChange(place.parts, place.changeId, 'server-1')

async function deleted(place: Place): Promise<void> {
  await deleteRepository(place.parts, repository.id)
  await place.parts.background.drained()
}

test('what a deleted repository leaves at its host says that its previews are gone', async () => {
  await using place = await openPlace()
  await place.begins()
  await publish(place)
  await place.isReady()
  await publish(place)
  await deleted(place)
  const last = (kind: 'comment' | 'status' | 'check' | 'deployment') =>
    place.host.of(kind).map(({ said }) => said.at(-1))
  assert.deepEqual(last('comment'), ['### ➖ No preview'])
  assert.deepEqual(last('status'), ['success'])
  assert.deepEqual(last('check'), ['neutral'])
  assert.deepEqual(last('deployment'), ['inactive'])
  assert.equal(await place.parts.store.get('change', place.changeId), undefined)
})

test('where nothing was said, nothing is said, and what was said of a change that ended stays', async () => {
  await using silent = await openPlace()
  await silent.begins()
  await deleted(silent)
  assert.equal(silent.host.calls, 0)

  await using ended = await openPlace()
  await ended.begins()
  await publish(ended)
  await ended.closes()
  await publish(ended)
  const { calls } = ended.host
  await deleted(ended)
  assert.equal(ended.host.calls, calls)
})

test('a host that refuses keeps nothing from going, and is told of once', async () => {
  await using place = await openPlace()
  await place.begins()
  await publish(place)
  place.host.publish = () => Promise.reject(new Error('the app was taken away'))
  await deleted(place)
  assert.equal(await place.parts.store.get('repository', repository.id), undefined)
  const [said, ...more] = await place.events()
  assert.match(said?.message ?? '', /could not be corrected before it was deleted: the app was taken away$/)
  assert.deepEqual(more, [])
})

test('what cannot be gathered any more keeps no repository from going', async () => {
  await using place = await openPlace()
  await place.begins()
  await publish(place)
  const [one] = await place.parts.store.list('repository')
  assert.ok(one)
  const sshKey = { public: 'ssh-rsa AAAA', private: seal('a key that is gone', 'a private key') }
  await place.parts.store.commit([{ save: 'repository', record: { ...one, sshKey } }])
  await deleted(place)
  assert.equal(await place.parts.store.get('repository', repository.id), undefined)
  assert.match(
    (await place.events())[0]?.message ?? '',
    /could not be corrected before it was deleted: A stored secret does not open/,
  )
})
