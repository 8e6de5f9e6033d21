import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { EnvironmentRecord } from '../../../src/environments/environment.ts'
import { defaultSettings, type RepositoryRecord } from '../../../src/repositories/repository.ts'
import { environmentFacts } from '../../../src/workloads/facts.ts'
import { templateData } from '../../../src/workloads/template-data.ts'
import { qaackfileOf } from './facts.ts'

const environment = {
  id: 'abcdefghij',
  name: null,
  ref: { type: 'branch', name: 'feature/Ä', hash: 'old' },
  ttl: 30,
  createdAt: Date.UTC(2025, 0, 1),
  knownAt: 0,
} as EnvironmentRecord
const repository: RepositoryRecord = {
  id: 'repo',
  version: 1,
  groupId: 'group',
  name: 'shop',
  type: 'generic',
  params: { origin: '/srv/shop.git' },
  settings: defaultSettings,
  createdAt: 0,
  syncedAt: null,
  syncError: null,
  sshKey: null,
  rebuiltAt: null,
}
const group = { id: 'group', version: 1, name: 'acme', createdAt: 0 }
const base = { scheme: 'http' as const, domain: 'qaack.localhost', port: 3000 }

suite('the data of templates', () => {
  const data = templateData({
    environment,
    repository,
    group,
    host: { webUrl: 'https://x', templateParams: { A: 'b' } },
    hash: '0123456789',
    base,
  })

  test('tells of the commit that is built', () => {
    assert.deepEqual(data.Environment.Ref, {
      Name: 'feature/Ä',
      Type: 'branch',
      Hash: '0123456789',
      ShortHash: '0123456',
      Slug: 'feature-a',
    })
  })

  test('has addresses, and a clone has its id as name', () => {
    assert.equal(data.Environment.Url, 'http://abcdefghij.qaack.localhost:3000')
    assert.equal(data.Environment.Name, 'abcdefghij')
    assert.deepEqual(data.Instance, { BaseDomain: 'qaack.localhost', Url: 'http://qaack.localhost:3000' })
  })

  test('has a change only where there is one', () => assert.equal('Change' in data.Environment, false))

  test('has what the host says of the repository', () => {
    assert.equal(data.Repository.Url, 'https://x')
    assert.deepEqual(data.RepositoryParams, { A: 'b' })
  })

  test('gives the facts of services the same commit, name and address', () => {
    const config = { baseUrl: base, service: { memoryBytes: 1, cpus: 1, pids: 1 } }
    const qaackfile = qaackfileOf('services: {web: {image: a}}')
    const made = { environment, repository, group, gitRef: 'refs/offered/7', qaackfile, data }
    const facts = environmentFacts({ config }, made)
    assert.equal(facts.environment.ref.hash, '0123456789')
    assert.equal(facts.environment.name, 'abcdefghij')
    assert.equal(facts.environment.gitRef, 'refs/offered/7')
    assert.equal(facts.repository.url, 'https://x')
    assert.deepEqual(facts.custom, { repository: {}, group: {} })
    assert.deepEqual(facts.limits, config.service)
  })

  test('gives services the limits of the repository, and those of the server where it says nothing', () => {
    const config = { baseUrl: base, service: { memoryBytes: 1, cpus: 2, pids: 3 } }
    const qaackfile = qaackfileOf('services: {web: {image: a}}')
    const settings = { ...repository.settings, limits: { memory: 0, cpus: 0.5, pids: 9 } }
    const made = { environment, repository: { ...repository, settings }, group, gitRef: '', qaackfile, data }
    assert.deepEqual(environmentFacts({ config }, made).limits, { memoryBytes: 1, cpus: 0.5, pids: 9 })
  })
})
