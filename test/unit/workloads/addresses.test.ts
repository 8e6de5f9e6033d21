import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { addressesOf, serviceAt } from '../../../src/workloads/addresses.ts'
import { qaackfileOf } from './facts.ts'

const base = { scheme: 'https' as const, domain: 'example.org', port: null }
const shop = qaackfileOf(`
aliases: {shop: web, serv-all: api-v2}
services:
  web: {image: a, port: 80, default: true, aliases: [www]}
  api-v2: {image: a, port: 81}
  db: {image: a}
`)

suite('addresses', () => {
  const addresses = addressesOf('abcdefghij', shop, base)

  test('of the environment are its id', () => {
    assert.deepEqual(addresses.environment, {
      label: 'abcdefghij',
      domain: 'abcdefghij.example.org',
      url: 'https://abcdefghij.example.org',
    })
  })

  test('are there for every service with a port', () => {
    assert.deepEqual(
      addresses.services.map(({ service, url }) => [service, url]),
      [
        ['web', 'https://serv-web-abcdefghij.example.org'],
        ['api-v2', 'https://serv-api-v2-abcdefghij.example.org'],
      ],
    )
  })

  test('of aliases name the environment or the service', () => {
    assert.deepEqual(
      addresses.aliases.map(({ service, label }) => [service, label]),
      [
        ['web', 'shop-abcdefghij'],
        ['api-v2', 'serv-all-abcdefghij'],
      ],
    )
    assert.deepEqual(
      addresses.serviceAliases.map(({ label }) => label),
      ['www-web-abcdefghij'],
    )
  })

  test('lead back to their services', () => {
    for (const { label, service } of [
      ...addresses.services,
      ...addresses.aliases,
      ...addresses.serviceAliases,
    ]) {
      assert.equal(serviceAt(label.slice(0, -'-abcdefghij'.length), shop), service)
    }
  })

  test('lead to the default service without a prefix, and with one that only decorates', () => {
    assert.equal(serviceAt('', shop), 'web')
    assert.equal(serviceAt('anything-else', shop), 'web')
    assert.equal(serviceAt('constructor', shop), 'web')
  })

  test('of a service that is not there lead nowhere', () =>
    assert.equal(serviceAt('serv-cache', shop), undefined))
})
