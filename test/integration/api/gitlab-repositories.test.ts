import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../../src/clock.ts'
import { createGitlabHost } from '../../../src/hosts/gitlab/gitlab-host.ts'
import { silentLogger } from '../../../src/logger.ts'
import { startGitlab } from '../../fakes/gitlab/start.ts'
import { startApi } from './service.ts'

/** A server at an address that a local GitLab can call. */
async function open() {
  const gitlab = await startGitlab()
  const secretKey = 'a-secret-key-of-the-tests-0123456789'
  const host = createGitlabHost({ config: null, secretKey, clock: systemClock, logger: silentLogger })
  const service = await startApi({ hosts: { gitlab: host } })
  const { port } = new URL(await service.listen())
  const baseUrl = { scheme: 'http', domain: '127.0.0.1', port: Number(port) } as const
  service.parts.config = { ...service.parts.config, baseUrl }
  const made = await service.call('POST', '/api/groups', { name: 'acme' })
  const { id: groupId } = made.body as { id: string }
  const params = { instanceUrl: gitlab.url, group: 'acme', project: 'shop', token: gitlab.token }
  return {
    gitlab,
    service,
    params,
    add: (given: object = params) =>
      service.call('POST', `/api/group/${groupId}`, { name: 'shop', type: 'gitlab', params: given }),
    hooks: () => gitlab.user('ada').api('GET', '/projects/42/hooks') as Promise<{ url: string }[]>,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await gitlab[Symbol.asyncDispose]()
    },
  }
}

test('a project at GitLab is added with a token that is never shown, and calls us from then on', async () => {
  await using at = await open()
  const { service, gitlab } = at
  const added = await at.add()
  assert.equal(added.status, 201, JSON.stringify(added.body))
  const { id } = added.body as { id: string }
  await service.parts.background.drained()
  const { body } = await service.call('GET', `/api/repository/${id}`)
  const { type, url, details, environments } = body as {
    type: string
    url: string
    details: { url: string }
    environments: { gitRef: { name: string } }[]
  }
  assert.deepEqual(
    [type, url, details.url],
    ['gitlab', `${gitlab.url}/acme/shop.git`, `${gitlab.url}/acme/shop`],
  )
  assert.deepEqual(
    environments.map(({ gitRef }) => gitRef.name),
    ['main'],
  )
  const events = await service.call('GET', '/api/events')
  const settings = await service.call('GET', `/api/repository/${id}/settings`)
  const kept = await service.parts.store.list('repository')
  assert.ok(!JSON.stringify([added, body, events, settings, kept]).includes(gitlab.token))
  assert.equal(kept[0]?.settings.pollSeconds, 3600)

  const [hook, ...more] = await at.hooks()
  assert.ok(hook?.url.endsWith('/api/gitlab/webhooks'), hook?.url)
  assert.deepEqual(more, [])
  await gitlab.user('ada').push('topic', 'new', { 'a.txt': 'a' })
  await gitlab.delivered()
  const deliveries = await service.parts.store.list('delivery')
  assert.deepEqual(
    deliveries.map(({ host, event }) => [host, event]),
    [['gitlab', 'Push Hook']],
  )

  assert.equal((await service.call('DELETE', `/api/repository/${id}`)).status, 202)
  await service.parts.background.drained()
  assert.deepEqual(await at.hooks(), [])
})

test('what is wrong with its params is named, and what only GitLab may say is refused', async () => {
  await using at = await open()
  const { group, project, instanceUrl } = at.params
  const faults: [object, string][] = [
    [{ project }, 'params.group'],
    [{ group }, 'params.project'],
    [{ group, project, instanceUrl: 'ftp://x' }, 'params.instanceUrl'],
    [{ group, project, instanceUrl, owner: 'acme' }, 'params.owner'],
    [{ group, project, instanceUrl, hostKey: 'gitlab.com#42' }, 'params.hostKey'],
  ]
  for (const [params, path] of faults) {
    const { status, body } = await at.add(params)
    assert.deepEqual([status, (body as { path: string }).path], [422, path], JSON.stringify(body))
  }
})

test('what is open already when a project is added is known at once', async () => {
  await using at = await open()
  const ada = at.gitlab.user('ada')
  await ada.push('topic', 'a topic', { 'a.txt': 'a' })
  const iid = await ada.openChange({ title: 'Open before', from: 'topic' })
  assert.equal((await at.add()).status, 201)
  await at.service.parts.background.drained()
  const changes = await at.service.parts.store.list('change')
  assert.deepEqual(
    changes.map(({ name, title, state }) => [name, title, state]),
    [[String(iid), 'Open before', 'open']],
  )
})

test('a token that is no good any more is replaced, and nothing is lost by it', async () => {
  await using at = await open()
  const { service, gitlab, params } = at
  const { body } = await at.add({ ...params, token: 'glpat-expired' })
  const { id } = body as { id: string }
  await service.parts.background.drained()
  const kept = async () => (await service.parts.store.list('repository'))[0]
  const said = async () => JSON.stringify((await service.call('GET', '/api/events')).body)
  assert.match(await said(), /webhook of shop cannot be kept .*does not accept our token/)
  assert.deepEqual(await at.hooks(), [])

  const put = (token: unknown, of = id) => service.call('POST', `/api/repository/${of}/token`, { token })
  for (const token of ['', 'two words', 7, undefined]) assert.equal((await put(token)).status, 422)
  assert.equal((await put('glpat', 'nobody')).status, 404)
  const changed = await put(gitlab.token)
  assert.equal(changed.status, 202, JSON.stringify(changed.body))
  await service.parts.background.drained()
  const now = await kept()
  assert.deepEqual([now?.id, now?.syncError, now?.params.origin], [id, null, `${gitlab.url}/acme/shop.git`])
  assert.equal((await at.hooks()).length, 1)
  const events = await said()
  assert.match(events, /repository shop has another token now/)
  assert.ok(!JSON.stringify([changed.body, events, now]).includes(gitlab.token))
})
