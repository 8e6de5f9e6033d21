import assert from 'node:assert/strict'
import type { Qaackfile, Service } from '../../../src/qaackfile/qaackfile.ts'
import { readQaackfile } from '../../../src/qaackfile/read.ts'
import { sample } from '../../../src/qaackfile/sample.ts'
import type { EnvironmentFacts } from '../../../src/workloads/facts.ts'

export function qaackfileOf(text: string): Qaackfile {
  const read = readQaackfile({ file: 'qaack.yml', text }, sample('github', 'branch'))
  assert.ok('qaackfile' in read, JSON.stringify(read.faults))
  return read.qaackfile
}

export function serviceOf(qaackfile: Qaackfile, name: string): Service {
  const service = qaackfile.services.find((one) => one.name === name)
  assert.ok(service)
  return service
}

/** Facts of an environment of the branch `main` that lives for an hour. */
export function factsOf(
  qaackfile: Qaackfile,
  more: Partial<EnvironmentFacts> = {},
): EnvironmentFacts & { serviceId: string } {
  return {
    qaackfile,
    environment: {
      id: 'abcdefghij',
      name: 'main--shop',
      ref: { type: 'branch', name: 'main', hash: 'f00' },
      gitRef: 'refs/heads/main',
      createdAt: Date.UTC(2025, 0, 1),
      ttl: 60,
    },
    change: null,
    repository: { id: 'repo', name: 'shop', type: 'github', url: 'https://git.example.org/shop' },
    group: { id: 'group', name: 'acme' },
    custom: { repository: {}, group: {} },
    base: { scheme: 'http', domain: 'qaack.localhost', port: 3000 },
    files: [],
    limits: { memoryBytes: 2048, cpus: 2, pids: 100 },
    softRebuild: false,
    serviceId: 'serviceid2',
    ...more,
  }
}
