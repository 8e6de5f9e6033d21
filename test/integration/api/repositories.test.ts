import assert from 'node:assert/strict'
import test from 'node:test'
import { hookInbox } from '../../fakes/hooks.ts'
import { bareRepository, insertEnvironment, insertRepository } from './records.ts'
import { startApi, type Service } from './service.ts'

interface Repository {
  id: string
  gid: string
  name: string
  syncedAt?: string
  syncError?: string
  environments: { id: string; gitRef: { name: string; type: string; hash: string } }[]
}

async function addGroup(service: Service, name: string): Promise<string> {
  const { status, body } = await service.call('POST', '/api/groups', { name })
  assert.equal(status, 201)
  return (body as { id: string }).id
}

async function show(service: Service, id: string): Promise<Repository> {
  return (await service.call('GET', `/api/repository/${id}`)).body as Repository
}

test('a group is added, listed and shown with its repositories and settings', async () => {
  await using service = await startApi()
  const id = await addGroup(service, 'team')
  assert.deepEqual((await service.call('GET', '/api/groups')).body, [{ id, name: 'team' }])
  assert.deepEqual((await service.call('GET', `/api/group/${id}`)).body, {
    id,
    name: 'team',
    repositories: [],
  })
  assert.deepEqual((await service.call('GET', `/api/group/${id}/settings`)).body, {
    variables: [],
    members: [],
  })
  assert.equal((await service.call('POST', '/api/groups', { name: ' team ' })).status, 409)
  assert.equal((await service.call('GET', '/api/group/nothing222')).status, 404)
  assert.equal((await service.call('GET', '/api/group/nothing222/settings')).status, 404)
})

test('a name is one line of well-formed text', async () => {
  await using service = await startApi()
  for (const name of ['', '   ', 'a\nb', 'a\u0000', '\ud800', 'x'.repeat(101), 7, null]) {
    assert.equal((await service.call('POST', '/api/groups', { name })).status, 422, JSON.stringify(name))
  }
  assert.equal((await service.call('POST', '/api/groups', { name: 'Größe 🚀' })).status, 201)
})

test('an added repository reads its refs by itself, and each becomes an environment', async () => {
  await using service = await startApi()
  using git = bareRepository(['main', 'feature/x'])
  const gid = await addGroup(service, 'team')
  const added = await service.call('POST', `/api/group/${gid}`, {
    name: 'shop',
    type: 'generic',
    params: { origin: git.path },
  })
  assert.equal(added.status, 201)
  const { id } = added.body as { id: string }
  await service.parts.background.drained()
  const repository = await show(service, id)
  assert.deepEqual([repository.gid, repository.name, repository.syncError], [gid, 'shop', undefined])
  assert.ok(repository.syncedAt)
  assert.deepEqual(repository.environments.map(({ gitRef }) => gitRef.name).sort(), ['feature/x', 'main'])
  assert.ok(
    repository.environments.every(
      ({ gitRef }) => gitRef.type === 'branch' && /^[0-9a-f]{40}$/.test(gitRef.hash),
    ),
  )
  assert.deepEqual((await service.call('GET', `/api/group/${gid}`)).body, {
    id: gid,
    name: 'team',
    repositories: [{ id, name: 'shop' }],
  })
  assert.equal((await service.call('POST', `/api/repository/${id}/sync`)).status, 202)
})

test('a repository that cannot be read is added all the same and says why', async () => {
  await using service = await startApi()
  const gid = await addGroup(service, 'team')
  const { body } = await service.call('POST', `/api/group/${gid}`, {
    name: 'shop',
    type: 'generic',
    params: { origin: '/not/there' },
  })
  await service.parts.background.drained()
  assert.match((await show(service, (body as { id: string }).id)).syncError ?? '', /\/not\/there/)
})

test('the password of a repository is in no answer and in no event', async () => {
  await using service = await startApi()
  const gid = await addGroup(service, 'team')
  const params = { origin: 'http://127.0.0.1:9/shop.git', username: 'me', password: 'hunter2' }
  const { body } = await service.call('POST', `/api/group/${gid}`, { name: 'shop', type: 'generic', params })
  const { id } = body as { id: string }
  await service.parts.background.drained()
  for (const path of [
    `/api/repository/${id}`,
    `/api/repository/${id}/settings`,
    '/api/events',
    `/api/group/${gid}`,
  ]) {
    const answer = await service.call('GET', path)
    assert.equal(answer.status, 200)
    assert.doesNotMatch(JSON.stringify(answer.body), /hunter2|"password"|v1\./, path)
  }
})

test('what is wrong with a new repository is named by its path', async () => {
  await using service = await startApi()
  const gid = await addGroup(service, 'team')
  const good = { name: 'shop', type: 'generic', params: { origin: '/x' } }
  const faults: [object, string][] = [
    [{ ...good, type: 'svn' }, 'type'],
    [{ ...good, type: 'gitlab' }, 'type'],
    [{ ...good, params: {} }, 'params.origin'],
    [{ ...good, params: { origin: '--upload-pack=evil' } }, 'params.origin'],
    [{ ...good, params: { origin: '/x', orign: 1 } }, 'params.orign'],
    [{ ...good, settings: { qaackFile: { qaackFile: '???' } } }, 'settings.qaackFile.qaackFile'],
    [{ ...good, setings: {} }, 'setings'],
  ]
  for (const [wish, path] of faults) {
    const { status, body } = await service.call('POST', `/api/group/${gid}`, wish)
    assert.equal(status, 422, JSON.stringify(body))
    assert.equal((body as { path: string }).path, path)
  }
  assert.equal((await service.call('POST', '/api/group/nothing222', good)).status, 404)
})

test('a repository is renamed; a name that is taken is refused', async () => {
  await using service = await startApi()
  const { id, groupId } = await insertRepository(service.parts)
  assert.deepEqual((await service.call('POST', `/api/repository/${id}`, { name: 'store' })).body, {
    id,
    name: 'store',
  })
  await service.parts.store.commit([
    {
      insert: 'repository',
      record: { ...(await mustGet(service, id)), id: 'other22222', groupId, name: 'other' },
    },
  ])
  assert.equal((await service.call('POST', '/api/repository/other22222', { name: 'store' })).status, 409)
})

test('settings change only in what is named, and come back as they are then', async () => {
  await using service = await startApi()
  const { id } = await insertRepository(service.parts)
  const url = `/api/repository/${id}/settings`
  const before = (await service.call('GET', url)).body as Record<string, object>
  const qaackFile = Buffer.from('services: {}\n').toString('base64')
  const { status, body } = await service.call('POST', url, {
    environmentTTL: 30,
    qaackFile: { mode: 'panel', qaackFile },
    webhook: { include: ['release/*'] },
  })
  assert.equal(status, 200)
  assert.deepEqual(body, {
    ...before,
    environmentTTL: 30,
    qaackFile: { mode: 'panel', qaackFile },
    webhook: { ...before.webhook, include: ['release/*'] },
  })
  assert.deepEqual((await service.call('GET', url)).body, body)
  assert.equal((await mustGet(service, id)).settings.qaackFile.qaackFile, 'services: {}\n')
  const wrong = await service.call('POST', url, { webhook: { inclde: [] } })
  assert.equal(wrong.status, 422)
  assert.match(JSON.stringify(wrong.body), /did you mean include/)
})

test('a repository goes with its environments; a locked service keeps it', async () => {
  await using service = await startApi()
  const locked = {
    id: 's',
    name: 'db',
    default: false,
    image: 'i',
    port: null,
    aliases: [],
    generation: 1,
    locked: true,
    state: 'ready',
    containerId: null,
    target: null,
  } as const
  const environment = await insertEnvironment(service.parts, {
    state: 'built',
    services: [{ ...locked, aliases: [] }],
  })
  const url = `/api/repository/${environment.repositoryId}`
  assert.equal((await service.call('DELETE', url)).status, 409)
  await service.parts.store.commit([
    {
      save: 'environment',
      record: { ...environment, services: [{ ...locked, aliases: [], locked: false }] },
    },
  ])
  assert.equal((await service.call('DELETE', url)).status, 202)
  assert.equal((await service.call('GET', url)).status, 404)
  assert.equal((await service.call('GET', `/api/environment/${environment.id}`)).status, 404)
})

test('the call of a hook needs no token, reads the refs and leaves nothing behind', async () => {
  await using service = await startApi()
  using git = bareRepository(['main'])
  const { id } = await insertRepository(service.parts, { params: { origin: git.path } })
  const call = {
    method: 'POST',
    url: `/api/git/webhooks/${id}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'a=b',
  } as const
  const answers = await Promise.all([
    service.api.inject(call),
    service.api.inject({ ...call, headers: {}, payload: '' }),
  ])
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [202, 202],
  )
  await service.parts.background.drained()
  assert.equal((await show(service, id)).environments.length, 1)
  assert.deepEqual(await service.parts.store.list('delivery'), [])
  assert.ok((await service.parts.store.events({})).some(({ kind }) => kind === 'delivery'))
  assert.equal((await service.call('POST', '/api/git/webhooks/nothing222', undefined, {})).status, 404)
})

test('a call that was kept when the process ended is worked on by the next one', async () => {
  await using service = await startApi()
  using git = bareRepository(['main'])
  const { id } = await insertRepository(service.parts, { params: { origin: git.path } })
  const kept = {
    host: 'generic',
    deliveryId: 'one',
    repositoryId: id,
    event: 'push',
    events: [{ kind: 'refs-changed', repository: null }],
    receivedAt: 0,
    reason: '',
    status: 'waiting',
  } as const
  await service.parts.store.commit([
    { insert: 'delivery', record: { ...kept, id: 'one', version: 1, events: [...kept.events] } },
  ])
  await hookInbox(service.parts).resume()
  await service.parts.background.drained()
  assert.equal((await show(service, id)).environments.length, 1)
  assert.deepEqual(await service.parts.store.list('delivery'), [])
})

async function mustGet(service: Service, id: string) {
  const record = await service.parts.store.get('repository', id)
  assert.ok(record)
  return record
}
