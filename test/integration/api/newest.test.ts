import assert from 'node:assert/strict'
import test from 'node:test'
import { syncRepository } from '../../../src/environments/sync.ts'
import { addGroup, addRepository } from '../../../src/repositories/manage.ts'
import { Origin } from '../../fakes/origin.ts'
import { startApi, type Service } from './service.ts'

/** A repository that was read once, with one branch. */
async function known(service: Service, origin: Origin) {
  origin.commit('main', { 'README.md': 'first' })
  const group = await addGroup(service.parts, 'default')
  const wish = { name: 'shop', type: 'generic', params: { origin: origin.dir } } as const
  const { id: repositoryId } = await addRepository(service.parts, group.id, wish)
  await syncRepository(service.parts, repositoryId, 'test')
  const [environment] = await service.parts.store.list('environment', { repositoryId })
  return { repositoryId, id: environment?.id ?? '' }
}

test('whoever asks for an environment or a build gets the commit that was pushed last', async () => {
  await using service = await startApi()
  using origin = new Origin()
  const { repositoryId, id } = await known(service, origin)
  const url = `/api/environment/${id}`
  const newestOf = async (environment: string) =>
    (await service.parts.store.list('build', { environmentId: environment })).at(-1)?.hash

  const second = origin.commit('main', { 'README.md': 'second' })
  assert.equal((await service.call('PUT', url)).status, 202)
  assert.equal(await newestOf(id), second)

  const third = origin.commit('main', { 'README.md': 'third' })
  assert.equal((await service.call('POST', `${url}/build`)).status, 202)
  assert.equal(await newestOf(id), third)

  const fourth = origin.commit('main', { 'README.md': 'fourth' })
  const clone = await service.call('POST', `${url}/clone`)
  assert.equal(await newestOf((clone.body as { id: string }).id), fourth)

  const ref = { type: 'branch', name: 'side' }
  const side = origin.commit('side', { 'README.md': 'side' })
  const added = await service.call('POST', `/api/repository/${repositoryId}/environments`, { ref })
  assert.equal(added.status, 201)
  assert.equal(await newestOf((added.body as { id: string }).id), side)
})

test('of a repository that is away what is known is built, and what is not known is refused with the reason', async () => {
  await using service = await startApi()
  const origin = new Origin()
  const { repositoryId, id } = await known(service, origin)
  origin[Symbol.dispose]()
  assert.equal((await service.call('PUT', `/api/environment/${id}`)).status, 202)
  const ref = { type: 'branch', name: 'side' }
  const added = await service.call('POST', `/api/repository/${repositoryId}/environments`, { ref })
  assert.equal(added.status, 404)
  assert.match((added.body as { error: string }).error, /no branch side; it could not be asked again: \S/)
})
