import assert from 'node:assert/strict'
import test from 'node:test'
import { environmentView, environmentViewSchema } from '../../../src/api/environment-view.ts'
import type { ReusableRecord } from '../../../src/builds/reusable.ts'
import { eventView } from '../../../src/api/event-view.ts'
import { repositoryView, repositoryViewSchema } from '../../../src/api/repository-view.ts'
import type { EnvironmentRecord, ServiceRecord } from '../../../src/environments/environment.ts'
import { emptyEnvironment } from '../../../src/environments/lifecycle.ts'
import { defaultSettings, type RepositoryRecord } from '../../../src/repositories/repository.ts'

const base = { scheme: 'http', domain: 'qaack.localhost', port: 3000 } as const
const hash = 'a'.repeat(40)
const empty: EnvironmentRecord = {
  ...emptyEnvironment('repository', { type: 'branch', name: 'main', hash }, 'main--shop', 0),
  id: 'abcdefghij',
}
const service: ServiceRecord = {
  id: 'one',
  name: 'web',
  default: true,
  image: 'node:24',
  port: 80,
  aliases: ['shop'],
  generation: 1,
  locked: false,
  state: 'ready',
  containerId: 'secret-of-the-engine',
  target: { host: '10.0.0.2', port: 80 },
}
const built: EnvironmentRecord = {
  ...empty,
  state: 'built',
  ttl: 60,
  createdAt: Date.UTC(2030, 0, 2),
  builtAt: Date.UTC(2030, 0, 2, 0, 1),
  expiresAt: Date.UTC(2030, 0, 2, 1),
  buildDuration: 61_400,
  serving: { hash, stale: false },
  aliases: { de: 'web' },
  services: [
    service,
    { ...service, id: 'two', name: 'db', default: false, port: null, aliases: [], target: null },
  ],
}

test('an environment that was never created has its address and nothing that it has not', () => {
  const view = environmentView(empty, base)
  assert.deepEqual(view, {
    id: 'abcdefghij',
    rid: 'repository',
    name: 'main--shop',
    gitRef: { type: 'branch', name: 'main', hash },
    status: 'empty',
    reason: '',
    weburl: 'http://abcdefghij.qaack.localhost:3000',
    names: ['http://main--shop.qaack.localhost:3000'],
    aliases: {},
    services: [],
    reusable: view.reusable,
  })
})

test('a built one has times as RFC 3339, seconds and minutes as the documents say, and all addresses', () => {
  const view = environmentView(built, base, { queuePosition: 3, size: 4096 })
  assert.equal(view.createdAt, '2030-01-02T00:00:00.000Z')
  assert.equal(view.builtAt, '2030-01-02T00:01:00.000Z')
  assert.equal(view.expiresAt, '2030-01-02T01:00:00.000Z')
  assert.equal(view.buildTime, 61)
  assert.equal(view.ttl, 60)
  assert.deepEqual([view.queuePosition, view.size], [3, 4096])
  assert.deepEqual(view.serving, { hash, stale: false })
  assert.deepEqual(view.aliases, { de: 'http://de-abcdefghij.qaack.localhost:3000' })
  assert.deepEqual(view.names, [
    'http://main--shop.qaack.localhost:3000',
    'http://de-abcdefghij.qaack.localhost:3000',
    'http://shop-web-abcdefghij.qaack.localhost:3000',
    'http://serv-web-abcdefghij.qaack.localhost:3000',
  ])
  assert.deepEqual(view.services, [
    {
      id: 'one',
      name: 'web',
      url: 'http://serv-web-abcdefghij.qaack.localhost:3000',
      state: 'ready',
      locked: false,
      default: true,
    },
    { id: 'two', name: 'db', state: 'ready', locked: false, default: false },
  ])
})

test('the views are what their schemas promise', () => {
  for (const environment of [empty, built]) environmentViewSchema.parse(environmentView(environment, base))
  repositoryViewSchema.parse(
    repositoryView(repository, { environments: [empty, built], reusables: [] }, base, null),
  )
})

const repository: RepositoryRecord = {
  id: 'repository',
  version: 1,
  groupId: 'group',
  name: 'shop',
  type: 'generic',
  params: { origin: 'https://git.example.org/shop.git', username: 'me', password: 'sealed' },
  settings: defaultSettings,
  createdAt: 0,
  syncedAt: null,
  syncError: null,
  sshKey: null,
  rebuiltAt: null,
}

test('a repository lists its environments and nothing secret', () => {
  const view = repositoryView(
    { ...repository, syncedAt: 0 },
    { environments: [empty], reusables: [] },
    base,
    'https://git.example.org/shop',
  )
  assert.deepEqual(view, {
    id: 'repository',
    gid: 'group',
    name: 'shop',
    type: 'generic',
    url: 'https://git.example.org/shop.git',
    details: { url: 'https://git.example.org/shop' },
    syncedAt: '1970-01-01T00:00:00.000Z',
    environments: [
      {
        id: 'abcdefghij',
        name: 'main--shop',
        gitRef: { name: 'main', type: 'branch', hash },
        status: 'empty',
        weburl: 'http://abcdefghij.qaack.localhost:3000',
      },
    ],
    reusableEnvironments: [],
  })
})

test('an event names only what it concerns', () => {
  const event = {
    seq: 7,
    at: 0,
    kind: 'build' as const,
    repositoryId: 'r',
    environmentId: null,
    buildId: null,
    message: 'm',
  }
  assert.deepEqual(eventView(event), {
    seq: 7,
    at: '1970-01-01T00:00:00.000Z',
    kind: 'build',
    repository: 'r',
    message: 'm',
  })
})

test('of each label and ref, the newest that was saved is told', () => {
  const main: Omit<ReusableRecord, 'id' | 'savedAt' | 'status'> = {
    version: 1,
    repositoryId: 'repository',
    environmentId: 'abcdefghij',
    buildId: 'build',
    ref: { type: 'branch', name: 'main' },
    purpose: 'label',
    label: 'deps',
    savePoint: { service: 'web', step: 'install' },
    trusted: true,
    made: {},
    services: [],
    usedAt: 0,
  }
  const reusables: ReusableRecord[] = [
    { ...main, id: 'new', savedAt: 2000, status: 'ready' },
    { ...main, id: 'old', savedAt: 1000, status: 'ready' },
    { ...main, id: 'half', savedAt: 3000, status: 'saving' },
    { ...main, id: 'auto', savedAt: 3000, status: 'ready', purpose: 'auto', label: null },
  ]
  const { reusableEnvironments } = repositoryView(repository, { environments: [], reusables }, base, null)
  assert.deepEqual(reusableEnvironments, [
    { label: 'deps', buildAt: '1970-01-01T00:00:02.000Z', from: { name: 'main' } },
  ])
})
