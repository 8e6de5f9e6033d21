import assert from 'node:assert/strict'
import test from 'node:test'
import type { GithubConnection } from '../../../src/hosts/github/connection.ts'
import { createGithubHost } from '../../../src/hosts/github/github-host.ts'
import { githubCom } from '../../../src/hosts/github/server.ts'
import { silentLogger } from '../../../src/logger.ts'
import { ManualClock } from '../../fakes/clock.ts'
import { insertRepository } from './records.ts'
import { startApi } from './service.ts'

const app: GithubConnection = {
  server: githubCom,
  app: {
    id: 7,
    slug: 'previews',
    name: 'Acme Previews',
    url: 'https://github.com/apps/previews',
    owner: 'acme',
  },
  client: () => Promise.reject(new Error('nobody asks GitHub here')),
  token: () => Promise.reject(new Error('nobody asks GitHub here')),
  middleware: () => Promise.resolve(),
}

test('a token for what the GitHub App reads is refused while the app is connected, and kept when it is not', async () => {
  let connection: GithubConnection | null = app
  const github = createGithubHost({
    ...{ connection: () => connection, server: githubCom },
    ...{ clock: new ManualClock(), logger: silentLogger },
  })
  await using service = await startApi({ hosts: { github } })
  // Nothing listens there: what is looked at beside the answer fails at once.
  const origin = 'http://127.0.0.1:9/acme/shop.git'
  const facts = { owner: 'acme', repo: 'shop', hostKey: '12', installation: 3 }
  const { id } = await insertRepository(service.parts, {
    type: 'github',
    params: { origin: 'https://github.com/acme/shop.git', ...facts },
  })
  const put = () => service.call('POST', `/api/repository/${id}/token`, { token: 'ghp_other' })
  const refused = await put()
  assert.equal(refused.status, 409)
  assert.match(
    (refused.body as { error: string }).error,
    /as the GitHub App Acme Previews, .*disconnect the app/,
  )
  assert.equal((await service.parts.store.get('repository', id))?.params.token, undefined)

  const record = await service.parts.store.get('repository', id)
  assert.ok(record)
  await service.parts.store.commit([
    { save: 'repository', record: { ...record, params: { origin, ...facts } } },
  ])
  connection = null
  assert.equal((await put()).status, 202)
  await service.parts.background.drained()
  assert.ok((await service.parts.store.get('repository', id))?.params.token)
})
