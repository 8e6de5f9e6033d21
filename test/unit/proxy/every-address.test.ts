import assert from 'node:assert/strict'
import test from 'node:test'
import type { BaseUrl } from '../../../src/config/config.ts'
import { route } from '../../../src/proxy/route.ts'
import { addressesOf } from '../../../src/workloads/addresses.ts'
import { variablesFor } from '../../../src/workloads/variables.ts'
import { factsOf, qaackfileOf, serviceOf } from '../workloads/facts.ts'
import { environment, id, service } from './records.ts'

const base: BaseUrl = { scheme: 'https', domain: 'qaack.example', port: null }

const file = qaackfileOf(`
aliases: {shop: web, back-office: admin-panel}
services:
  web: {image: a, port: 80, default: true, aliases: [www]}
  admin-panel: {image: a, port: 81, aliases: [of-fice]}
  db: {image: a}
`)

const record = environment({
  name: 'pr-12--shop',
  aliases: file.aliases,
  services: file.services.map(({ name, default: main, port, aliases }) =>
    service(name, { default: main, port, aliases }),
  ),
})

/** The service that a host leads to; null for the default one, undefined for none at all. */
function servedAt(domain: string): string | null | undefined {
  const table = {
    byId: (wanted: string) => (wanted === id ? record : undefined),
    byName: (wanted: string) => (wanted === record.name ? record : undefined),
  }
  const found = route({ host: domain, header: undefined, url: '/' }, base, table)
  return found.kind === 'environment' ? found.service : undefined
}

/** Label of a host -> the service it leads to; null is the default one. */
const documented: Record<string, string | null> = {
  [id]: null,
  [`serv-web-${id}`]: 'web',
  [`serv-admin-panel-${id}`]: 'admin-panel',
  [`shop-${id}`]: 'web',
  [`back-office-${id}`]: 'admin-panel',
  [`www-web-${id}`]: 'web',
  [`of-fice-admin-panel-${id}`]: 'admin-panel',
  'pr-12--shop': null,
}

test('every documented form of a host leads to its service', () => {
  for (const [label, expected] of Object.entries(documented))
    assert.equal(servedAt(`${label}.${base.domain}`), expected, label)
})

test('the addresses that are told are those forms, each one label that DNS takes', () => {
  const { environment: own, services, aliases, serviceAliases } = addressesOf(id, record, base)
  const told = [own, ...services, ...aliases, ...serviceAliases].map(({ label }) => label)
  assert.deepEqual([...told, record.name].sort(), Object.keys(documented).sort())
  for (const label of told) assert.match(label, /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/)
})

test('the variables tell the same addresses', () => {
  const facts = factsOf(file, { base })
  const seen = variablesFor(serviceOf(file, 'web'), {
    ...facts,
    environment: { ...facts.environment, id, name: record.name ?? '' },
  }).runtime
  const expected: Record<string, string> = {
    QCK_ENVIRONMENT_URL: `https://${id}.qaack.example`,
    QCK_ENVIRONMENT_NAME: 'pr-12--shop',
    QCK_SERVICE_WEB_URL: `https://serv-web-${id}.qaack.example`,
    QCK_SERVICE_ADMIN_PANEL_URL: `https://serv-admin-panel-${id}.qaack.example`,
    QCK_ENVIRONMENT_URL_SHOP: `https://shop-${id}.qaack.example`,
    QCK_ENVIRONMENT_URL_BACK_OFFICE: `https://back-office-${id}.qaack.example`,
  }
  for (const [name, url] of Object.entries(expected)) {
    assert.equal(seen[name], url, name)
    const domain = seen[name.replace('URL', 'DOMAIN')]
    if (name.includes('URL')) assert.equal(`https://${domain}`, url, name)
  }
  assert.equal('QCK_SERVICE_DB_URL' in seen, false)
})

test('every address that is in a variable leads to the service it names', () => {
  const facts = factsOf(file, { base })
  const seen = variablesFor(serviceOf(file, 'web'), {
    ...facts,
    environment: { ...facts.environment, id },
  }).runtime
  const meant: Record<string, string | null> = {
    QCK_ENVIRONMENT_DOMAIN: null,
    QCK_SERVICE_WEB_DOMAIN: 'web',
    QCK_SERVICE_ADMIN_PANEL_DOMAIN: 'admin-panel',
    QCK_ENVIRONMENT_DOMAIN_SHOP: 'web',
    QCK_ENVIRONMENT_DOMAIN_BACK_OFFICE: 'admin-panel',
  }
  for (const [name, service] of Object.entries(meant)) assert.equal(servedAt(seen[name] ?? ''), service, name)
})
