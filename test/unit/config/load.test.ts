import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { warningOfToken } from '../../../src/config/admin-token.ts'
import type { Config } from '../../../src/config/config.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { settingNames, settings } from '../../../src/config/schema.ts'
import { isQaackError } from '../../../src/errors.ts'

const empty = newFolder()

test('with nothing set every default is in force', () => {
  const { sources, ...config } = load({})
  assert.deepEqual(sources, {})
  assert.deepEqual(config, {
    host: '127.0.0.1',
    port: 3000,
    baseUrl: { scheme: 'http', domain: 'qaack.localhost', port: 3000 },
    dataDir: join(empty, 'data'),
    databaseUrl: `sqlite:${join(empty, 'data/qaack.db')}`,
    adminToken: null,
    secretKey: null,
    build: { slots: 2, timeout: 3600 },
    environment: { ttl: 0, idle: 0 },
    service: { memoryBytes: 2 * 1024 ** 3, cpus: 2, pids: 4096 },
    reusable: { diskBytes: 20 * 1024 ** 3 },
    network: { pool: '10.213.0.0/16' },
    log: { level: 'info', pretty: false },
    statePage: { title: 'Qaack', message: '' },
    github: null,
    gitlab: null,
  })
})

test('the environment outranks the file, and flags outrank both', () => {
  const file = 'port: 1\nhost: file\nbuild: {slots: 7}\n'
  const config = load({
    file,
    env: { QAACK_PORT: '2', QAACK_HOST: 'environment' },
    flags: { port: '3', host: undefined },
  })
  assert.equal(config.port, 3)
  assert.equal(config.host, 'environment')
  assert.equal(config.build.slots, 7)
  assert.deepEqual(config.sources, { port: '--port', host: 'QAACK_HOST', 'build.slots': 'qaackd.yaml' })
})

test('the default base address and database follow the port and the data directory', () => {
  const config = load({ flags: { port: '8080', dataDir: 'elsewhere' } })
  assert.deepEqual(config.baseUrl, { scheme: 'http', domain: 'qaack.localhost', port: 8080 })
  assert.equal(config.databaseUrl, `sqlite:${join(empty, 'elsewhere/qaack.db')}`)
  assert.equal(load({ flags: { port: 80 } }).baseUrl.port, null)
})

test('each setting can be given by its variable, with the same outcome as in the file', () => {
  const file = readFileSync(new URL('every-setting.yaml', import.meta.url), 'utf8')
  const fromFile = load({ file })
  const values: Record<string, string> = {
    QAACK_HOST: '0.0.0.0',
    QAACK_PORT: '8080',
    QAACK_BASE_URL: 'https://previews.example.org',
    QAACK_DATA_DIR: '/var/lib/qaack',
    QAACK_DATABASE_URL: 'postgres://qaack:pass@db/qaack',
    QAACK_ADMIN_TOKEN: 'an-admin-token-of-24',
    QAACK_SECRET_KEY: 'a long secret key',
    QAACK_BUILD_SLOTS: '4',
    QAACK_BUILD_TIMEOUT: '60',
    QAACK_ENVIRONMENT_TTL: '1440',
    QAACK_ENVIRONMENT_IDLE: '30',
    QAACK_SERVICE_MEMORY: '1.5g',
    QAACK_SERVICE_CPUS: '0.5',
    QAACK_SERVICE_PIDS: '100',
    QAACK_REUSABLE_DISK: '5g',
    QAACK_NETWORK_POOL: '192.168.0.0/20',
    QAACK_LOG_LEVEL: 'debug',
    QAACK_LOG_PRETTY: 'true',
    QAACK_STATE_PAGE_TITLE: 'Our previews',
    QAACK_STATE_PAGE_MESSAGE: 'Ask in #previews.',
    GITLAB_URL: 'https://gitlab.example.org/',
    GITLAB_TOKEN: 'glpat',
    GITLAB_WEBHOOK_SECRET: 'hook',
    GITLAB_GROUPS: 'acme/web, Tools',
  }
  const fromEnvironment = load({ env: values })
  assert.deepEqual({ ...fromEnvironment, sources: {} }, { ...fromFile, sources: {} })
  assert.equal(fromFile.service.memoryBytes, 1.5 * 1024 ** 3)
  assert.equal(fromFile.gitlab?.url, 'https://gitlab.example.org')
  assert.deepEqual(fromFile.gitlab?.groups, ['acme/web', 'tools'])
  const untested = settingNames.filter(
    (name) => !name.startsWith('github.') && !(settings[name].env in values),
  )
  assert.deepEqual(untested, [])
})

test('all faults of all sources are told at once, each with its place and what would be right', () => {
  const file =
    'prot: 1\nslots: 3\nbuild: {slot: 3, timeout: 1h}\nnetwork: {pool: 8.8.8.0/24}\nlog: 3\nbuidl: {}\n'
  const env = {
    QAACK_PORT: 'abc',
    QAACK_SERVICE_MEMRY: '1g',
    QAACK_LOG_LEVEL: 'loud',
    QAACK_SERVICE_MEMORY: '1m',
  }
  const error = faultsOf({ file, env, flags: { buildSlots: '0', hots: 'x' } })
  assert.deepEqual(error.message.split('\n'), [
    '13 settings are wrong:',
    '- qaackd.yaml: prot is no setting. Did you mean port?',
    '- qaackd.yaml: slots is no setting. Did you mean build.slots?',
    '- qaackd.yaml: build.slot is no setting. Did you mean build.slots?',
    '- qaackd.yaml: log must be a map of level, pretty',
    '- qaackd.yaml: buidl is no setting. Did you mean build?',
    '- QAACK_SERVICE_MEMRY is no setting. Did you mean QAACK_SERVICE_MEMORY?',
    '- hots is no setting. Did you mean host?',
    '- qaackd.yaml: build.timeout must be a whole number of seconds from 1 to 604800, not "1h"',
    '- qaackd.yaml: network.pool must lie within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, not "8.8.8.0/24"',
    '- QAACK_PORT (port) must be a whole number from 0 to 65535, not "abc"',
    '- QAACK_SERVICE_MEMORY (service.memory) must be at least 6m, not "1m"',
    '- QAACK_LOG_LEVEL (log.level) must be one of debug, info, warn, error, silent, not "loud"',
    '- --build-slots: build.slots must be a whole number from 1 to 1000, not "0"',
  ])
  assert.equal(error.path, 'build.timeout')
})

test('a wrong value is a fault also where a later source overrules it', () => {
  assert.match(faultsOf({ file: 'port: x', flags: { port: '1' } }).message, /qaackd\.yaml: port must be/)
})

test('secrets are not repeated in faults', () => {
  const env = {
    QAACK_ADMIN_TOKEN: 'hidden word',
    QAACK_DATABASE_URL: 'mysql://u:hidden@h/d',
    QAACK_BASE_URL: 'http://u:hidden@h',
  }
  const { message } = faultsOf({ env })
  assert.equal(message.split('\n').length, 4)
  assert.doesNotMatch(message, /hidden/)
})

test("an admin token of one's own may be short, which is worth a warning", () => {
  const { adminToken } = load({ env: { QAACK_ADMIN_TOKEN: 'fifteen-letters' } })
  assert.match(warningOfToken(adminToken) ?? '', /^admin_token .* is short, .* openssl rand -hex 32$/)
  assert.equal(warningOfToken('sixteen--letters'), undefined)
  assert.equal(warningOfToken(load({ env: {} }).adminToken), undefined)
})

test('the address of a GitLab has no user and no query, its token no space', () => {
  for (const url of ['git.example.org', 'https://u:hidden@git.example.org', 'https://git.example.org/?a=b']) {
    const { message } = faultsOf({ env: { GITLAB_URL: url, GITLAB_TOKEN: 'glpat-1' } })
    assert.match(message, /^- GITLAB_URL \(gitlab\.url\) must be an address .*without user, query/m)
    assert.doesNotMatch(message, /hidden/)
  }
  const { message } = faultsOf({ env: { GITLAB_TOKEN: 'hidden word\n' } })
  assert.match(message, /^- GITLAB_TOKEN \(gitlab\.token\) must be made of visible ASCII characters/m)
  assert.doesNotMatch(message, /hidden/)
})

test("the client's variables are allowed, and empty variables count as absent", () => {
  const env = { QAACK_URL: 'x', QAACK_TOKEN: 'x', QAACK_PORT: '', APP_ID: '', HOME: '/root' }
  assert.deepEqual(load({ env }).sources, {})
  // the file is named with --config, and nobody would read this
  assert.match(faultsOf({ env: { QAACK_CONFIG: 'x' } }).message, /QAACK_CONFIG is no setting/)
})

test('a file that is named must be there; the default one need not', () => {
  assert.throws(
    () => loadConfig({ file: 'none.yaml', env: {}, cwd: empty }),
    /settings file none\.yaml cannot be read: .*ENOENT/,
  )
  assert.equal(load({}).port, 3000)
})

test('a file that is no YAML, or no map, is told', () => {
  assert.match(faultsOf({ file: 'a: [' }).message, /qaackd\.yaml is not YAML: /)
  assert.match(faultsOf({ file: '- port' }).message, /qaackd\.yaml: the file must be a map of host, port/)
  assert.match(faultsOf({ file: 'port: 1\n---\nport: 2\n' }).message, /qaackd\.yaml must hold one document/)
  for (const file of ['', '# nothing set\n', '---\n']) assert.equal(load({ file }).port, 3000)
})

test('the settings in force cannot be changed', () => {
  const config = load({})
  assert.throws(() => (config.build.slots = 5), TypeError)
  assert.throws(() => Object.assign(config, { port: 1 }), TypeError)
})

interface Given {
  file?: string
  env?: Record<string, string>
  flags?: Record<string, unknown>
}

function load({ file, env = {}, flags = {} }: Given): Config {
  if (file === undefined) return loadConfig({ env, flags, cwd: empty })
  const cwd = newFolder()
  writeFileSync(join(cwd, 'qaackd.yaml'), file)
  return loadConfig({ env, flags, cwd })
}

function faultsOf(given: Given) {
  try {
    load(given)
  } catch (error) {
    assert.ok(isQaackError(error, 'invalid_config'), String(error))
    return error
  }
  return assert.fail('the settings were taken')
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qaack-config-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
