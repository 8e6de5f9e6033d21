import type { EnvironmentRecord, ServiceRecord } from '../../../src/environments/environment.ts'

export const id = 'abcdefghij'
export const now = 1_800_000_000_000

export function service(name: string, facts: Partial<ServiceRecord> = {}): ServiceRecord {
  return {
    id: `${name}-id`,
    name,
    default: false,
    image: 'image',
    port: 80,
    aliases: [],
    generation: 1,
    locked: false,
    state: 'ready',
    containerId: 'container',
    target: { host: '127.0.0.1', port: 80 },
    ...facts,
  }
}

export function environment(facts: Partial<EnvironmentRecord> = {}): EnvironmentRecord {
  return {
    id,
    version: 0,
    repositoryId: 'repository',
    ref: { type: 'branch', name: 'main', hash: 'c'.repeat(40) },
    name: null,
    state: 'built',
    reason: '',
    ttl: 0,
    createdAt: now,
    builtAt: now,
    buildDuration: 1,
    expiresAt: null,
    generation: 1,
    serving: (facts.state ?? 'built') === 'built' ? { hash: 'c'.repeat(40), stale: false } : null,
    aliases: {},
    services: [service('web', { default: true })],
    subnet: null,
    networkGeneration: null,
    standing: null,
    reusable: { used: null, saved: [], why: '' },
    knownAt: now,
    next: null,
    superseded: 0,
    builds: 0,
    createdFrom: null,
    ...facts,
  }
}
