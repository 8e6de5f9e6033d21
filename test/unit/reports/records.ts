import type { BuildRecord } from '../../../src/builds/build.ts'
import type { ChangeRecord } from '../../../src/changes/change.ts'
import { defaultSettings, type RepositoryRecord } from '../../../src/repositories/repository.ts'
import type { EnvironmentRecord } from '../../../src/environments/environment.ts'
import type { ReportFacts } from '../../../src/reports/facts.ts'
import { environment as anyEnvironment, service } from '../proxy/records.ts'

export const now = 1_800_000_000_000
export const offered = 'abc1234'.padEnd(40, '0')
export const older = '0ddba11'.padEnd(40, '0')
export const target = 'def5678'.padEnd(40, '0')

export const repository: RepositoryRecord = {
  id: 'repository',
  version: 1,
  groupId: 'group',
  name: 'shop',
  type: 'github',
  params: { origin: 'https://github.com/acme/shop.git', owner: 'acme', repo: 'shop' },
  settings: defaultSettings,
  createdAt: now,
  syncedAt: null,
  syncError: null,
  sshKey: null,
  rebuiltAt: null,
}

export function change(more: Partial<ChangeRecord> = {}): ChangeRecord {
  return {
    id: 'change2222',
    version: 1,
    repositoryId: 'repository',
    name: '12',
    title: 'A new look',
    author: 'grace',
    source: 'new-look',
    target: 'main',
    hash: offered,
    fork: false,
    draft: false,
    labels: [],
    state: 'open',
    url: 'https://github.com/acme/shop/pull/12',
    updatedAt: now,
    approved: null,
    verdict: { kind: 'build', hash: offered, why: '' },
    movedAt: null,
    knownAt: now,
    ...more,
  }
}

/** One that was built well; what a state is told with is given over it. */
export function environment(more: Partial<EnvironmentRecord> = {}): EnvironmentRecord {
  return anyEnvironment({
    ref: { type: 'change', name: '12', hash: offered },
    name: 'pr-12--shop',
    ttl: 120,
    createdAt: now,
    builtAt: now + 60_000,
    expiresAt: now + 7_200_000,
    serving: { hash: offered, stale: false },
    aliases: { admin: 'web' },
    services: [
      service('api', { aliases: ['v2'] }),
      service('db', { port: null }),
      service('web', { default: true }),
    ],
    builds: 3,
    createdFrom: offered,
    ...more,
  })
}

export function build(more: Partial<BuildRecord> = {}): BuildRecord {
  return {
    id: 'build22222',
    version: 1,
    environmentId: 'abcdefghij',
    repositoryId: 'repository',
    number: 3,
    hash: offered,
    source: {
      commit: 'f'.repeat(40),
      target: { name: 'main', hash: target },
      qaackfile: 'f'.repeat(40),
      trusted: true,
    },
    generation: 1,
    stage: 'build',
    status: 'ended',
    wantsBuild: true,
    start: 'reuse',
    reusableId: null,
    outcome: 'succeeded',
    reason: '',
    requestedAt: now,
    waitingSince: now,
    startedAt: now + 2_000,
    endedAt: now + 65_000,
    lease: null,
    lapses: 0,
    steps: [
      { service: 'web', step: 'install', startedAt: now + 3_000, endedAt: now + 15_300, exitCode: 0 },
      { service: 'web', step: 'build', startedAt: now + 15_300, endedAt: now + 65_000, exitCode: 0 },
    ],
    faults: [],
    ...more,
  }
}

export function facts(more: Partial<ReportFacts> = {}): ReportFacts {
  return {
    change: change(),
    repository,
    webUrl: 'https://github.com/acme/shop',
    environment: environment(),
    build: build(),
    clones: [],
    log: '',
    baseUrl: { scheme: 'https', domain: 'qaack.example', port: null },
    published: [],
    help: '`/qaack help` shows all commands.',
    mask: (text) => text,
    ...more,
  }
}
