import type { EventRecord } from '../../../src/events/event.ts'
import type { Change, Kind, Records } from '../../../src/stores/store.ts'

/** One complete record of each kind; tests change what they are about. Version 0: the store gives the real one. */
export const samples: Records = {
  group: { id: 'group', version: 0, name: 'default', createdAt: 1_750_000_000_000 },
  repository: {
    id: 'repository',
    version: 0,
    groupId: 'group',
    name: 'shop',
    type: 'generic',
    params: { origin: 'https://git.example/shop.git', username: 'ci', password: 'sealed' },
    settings: {
      environmentTTL: 0,
      qaackFile: { mode: 'repo', qaackFile: '' },
      webhook: { branches: true, tags: false, changes: true, include: ['release/*'], exclude: [] },
      pollSeconds: 60,
      buildTimeout: 0,
    },
    createdAt: 1,
    syncedAt: null,
    syncError: null,
  },
  environment: {
    id: 'environment',
    version: 0,
    repositoryId: 'repository',
    ref: { type: 'branch', name: 'main', hash: 'a'.repeat(40) },
    name: 'main--shop',
    state: 'empty',
    reason: '',
    ttl: 0,
    createdAt: null,
    builtAt: null,
    buildDuration: null,
    expiresAt: null,
    generation: 0,
    serving: { hash: 'b'.repeat(40), stale: true },
    aliases: { shop: 'web' },
    services: [],
    subnet: null,
    knownAt: 1,
    next: null,
    superseded: 0,
    builds: 0,
    createdFrom: null,
  },
  build: {
    id: 'build',
    version: 0,
    environmentId: 'environment',
    repositoryId: 'repository',
    number: 1,
    hash: 'a'.repeat(40),
    generation: 1,
    stage: 'create',
    status: 'waiting',
    wantsBuild: true,
    outcome: null,
    reason: '',
    requestedAt: 1,
    waitingSince: 1,
    startedAt: null,
    endedAt: null,
    lease: { owner: 'worker', until: 2 },
    lapses: 0,
    steps: [{ service: 'web', step: 'install', startedAt: 1, endedAt: null, exitCode: null }],
  },
  token: {
    id: 'token',
    version: 0,
    name: 'ci',
    hash: 'c'.repeat(64),
    readOnly: false,
    createdAt: 1,
    expiresAt: null,
  },
  variable: {
    id: 'variable',
    version: 0,
    owner: { kind: 'group', id: 'group' },
    name: 'API_KEY',
    value: 'sealed',
    visibility: 'always',
    type: 'text',
    path: null,
  },
  delivery: {
    id: 'delivery',
    version: 0,
    host: 'github',
    deliveryId: 'one',
    repositoryId: null,
    event: 'push',
    payload: '{}',
    receivedAt: 1,
    status: 'waiting',
    reason: '',
  },
}

export const kinds = Object.keys(samples) as Kind[]

export function insert<K extends Kind>(kind: K, facts: Partial<Records[K]> = {}): Change {
  return { insert: kind, record: { ...samples[kind], ...facts } } as unknown as Change
}

export function save<K extends Kind>(kind: K, record: Records[K]): Change {
  return { save: kind, record } as unknown as Change
}

export function event(message: string, facts: Partial<EventRecord> = {}): Change {
  return {
    event: { at: 1, kind: 'ref', repositoryId: null, environmentId: null, buildId: null, message, ...facts },
  }
}
