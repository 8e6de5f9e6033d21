import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { VariableValue } from '../../../src/qaackfile/qaackfile.ts'
import type { CustomVariable } from '../../../src/workloads/facts.ts'
import { variablesFor } from '../../../src/workloads/variables.ts'
import { factsOf, qaackfileOf, serviceOf } from './facts.ts'

const shop = qaackfileOf(`
aliases: {shop-a: web, admin: admin-ui}
services:
  web: {image: a, port: 80, default: true}
  admin-ui: {image: a, port: 81}
  db: {image: a}
`)

suite('predefined variables', () => {
  const web = variablesFor(serviceOf(shop, 'web'), factsOf(shop)).runtime

  test('are complete, and nothing else is there', () => {
    assert.deepEqual(web, {
      IS_QCK: 'true',
      QCK_SERVICE_ID: 'serviceid2',
      QCK_SERVICE_NAME: 'web',
      QCK_SERVICE_DEFAULT: 'true',
      QCK_SERVICE_WEB_URL: 'http://serv-web-abcdefghij.qaack.localhost:3000',
      QCK_SERVICE_WEB_DOMAIN: 'serv-web-abcdefghij.qaack.localhost',
      QCK_SERVICE_ADMIN_UI_URL: 'http://serv-admin-ui-abcdefghij.qaack.localhost:3000',
      QCK_SERVICE_ADMIN_UI_DOMAIN: 'serv-admin-ui-abcdefghij.qaack.localhost',
      QCK_ENVIRONMENT_ID: 'abcdefghij',
      QCK_ENVIRONMENT_NAME: 'main--shop',
      QCK_ENVIRONMENT_URL: 'http://abcdefghij.qaack.localhost:3000',
      QCK_ENVIRONMENT_DOMAIN: 'abcdefghij.qaack.localhost',
      QCK_ENVIRONMENT_BASE_DOMAIN: 'qaack.localhost',
      QCK_ENVIRONMENT_URL_SHOP_A: 'http://shop-a-abcdefghij.qaack.localhost:3000',
      QCK_ENVIRONMENT_DOMAIN_SHOP_A: 'shop-a-abcdefghij.qaack.localhost',
      QCK_ENVIRONMENT_URL_ADMIN: 'http://admin-abcdefghij.qaack.localhost:3000',
      QCK_ENVIRONMENT_DOMAIN_ADMIN: 'admin-abcdefghij.qaack.localhost',
      QCK_ENVIRONMENT_REF: 'refs/heads/main',
      QCK_ENVIRONMENT_REF_NAME: 'main',
      QCK_ENVIRONMENT_REF_TYPE: 'branch',
      QCK_ENVIRONMENT_HASH: 'f00',
      QCK_ENVIRONMENT_CREATED_AT: '2025-01-01T00:00:00.000Z',
      QCK_ENVIRONMENT_CREATED_AT_UNIX: '1735689600',
      QCK_ENVIRONMENT_TTL: '60',
      QCK_ENVIRONMENT_EXPIRES_AT: '2025-01-01T01:00:00.000Z',
      QCK_ENVIRONMENT_EXPIRES_AT_UNIX: '1735693200',
      QCK_REPOSITORY_ID: 'repo',
      QCK_REPOSITORY_NAME: 'shop',
      QCK_REPOSITORY_TYPE: 'github',
      QCK_REPOSITORY_URL: 'https://git.example.org/shop',
      QCK_GROUP_ID: 'group',
      QCK_GROUP_NAME: 'acme',
    })
  })

  test('say false in a service that is not the default one', () => {
    assert.equal(variablesFor(serviceOf(shop, 'db'), factsOf(shop)).runtime['QCK_SERVICE_DEFAULT'], 'false')
  })

  test('say nothing of an end where there is none', () => {
    const facts = factsOf(shop)
    const { runtime } = variablesFor(serviceOf(shop, 'db'), {
      ...facts,
      environment: { ...facts.environment, ttl: 0 },
    })
    assert.deepEqual(
      Object.keys(runtime).filter((name) => /TTL|EXPIRES/.test(name)),
      [],
    )
  })

  test('tell of a change, and of its ref as the host names it', () => {
    const change = { Number: '7', Title: 'T', Author: 'A', Source: 'topic', Target: 'main', Fork: false }
    const facts = factsOf(shop, { change })
    const ref = { type: 'change' as const, name: '7', hash: 'f00' }
    const environment = { ...facts.environment, ref, gitRef: 'refs/offered/7' }
    const { runtime } = variablesFor(serviceOf(shop, 'db'), { ...facts, environment })
    assert.equal(runtime['QCK_CHANGE_NUMBER'], '7')
    assert.equal(runtime['QCK_CHANGE_TARGET'], 'main')
    assert.equal(runtime['QCK_ENVIRONMENT_REF'], 'refs/offered/7')
  })

  test('tell of a soft rebuild only in one', () => {
    const of = (softRebuild: boolean) =>
      variablesFor(serviceOf(shop, 'db'), factsOf(shop, { softRebuild })).runtime['QCK_SOFT_REBUILD']
    assert.deepEqual([of(true), of(false)], ['true', undefined])
  })
})

suite('variables that were given', () => {
  const always = (value: string): VariableValue => ({ value, visibility: 'always' })
  const building = (value: string): VariableValue => ({ value, visibility: 'buildtime' })
  const file = qaackfileOf(`
variables: {A: file, B: file, HIDDEN: {value: file, visibility: buildtime}}
services: {web: {image: a, variables: {A: service, SECRET: {value: s, visibility: buildtime}}}}
`)
  const custom = {
    repository: {
      A: always('repository'),
      B: always('repository'),
      C: always('repository'),
      HIDDEN: always('repository'),
    },
    group: {
      A: always('group'),
      B: always('group'),
      C: always('group'),
      D: always('group'),
      IS_QCK: always('no'),
      TOKEN: building('group'),
    },
  }
  const { runtime, buildtime } = variablesFor(serviceOf(file, 'web'), factsOf(file, { custom }))

  test('come from service, file, repository and group, the first that has one', () => {
    assert.deepEqual(
      [runtime['A'], runtime['B'], runtime['C'], runtime['D']],
      ['service', 'file', 'repository', 'group'],
    )
  })

  test('for building are seen by steps only, also where another layer would show one', () => {
    for (const name of ['SECRET', 'HIDDEN', 'TOKEN']) assert.equal(runtime[name], undefined)
    assert.deepEqual([buildtime['SECRET'], buildtime['HIDDEN'], buildtime['TOKEN']], ['s', 'file', 'group'])
  })

  test('steps see all that the main process sees', () => {
    for (const [name, value] of Object.entries(runtime)) assert.equal(buildtime[name], value)
  })

  test('do not outrank what Qaack says', () => assert.equal(runtime['IS_QCK'], 'true'))
})

suite('variables that are files', () => {
  const of = (layer: string, path: string): CustomVariable => ({
    value: path,
    visibility: 'always',
    content: layer,
  })
  const given = (repository: Record<string, CustomVariable>, group: Record<string, CustomVariable>) =>
    variablesFor(serviceOf(text, 'web'), factsOf(text, { custom: { repository, group } }))
  const text = qaackfileOf(`
variables: {OF_FILE: plain}
services: {web: {image: a, variables: {OF_SERVICE: plain}}, db: {image: a, user: postgres}}
`)
  const contents = ({ files }: ReturnType<typeof given>) => files.map(({ path, content }) => [path, content])

  test('are not there where a nearer layer has the name, as a file or as a text', () => {
    const group = { KEY: of('group', '/group'), OF_FILE: of('group', '/a'), OF_SERVICE: of('group', '/b') }
    const repository = { KEY: of('repository', '/repository'), OF_SERVICE: of('repository', '/c') }
    const found = given(repository, group)
    assert.deepEqual(contents(found), [['/repository', 'repository']])
    const { KEY, OF_FILE, OF_SERVICE } = found.runtime
    assert.deepEqual([KEY, OF_FILE, OF_SERVICE], ['/repository', 'plain', 'plain'])
    const plain = given({ KEY: { value: 'plain', visibility: 'always' } }, group)
    assert.deepEqual([contents(plain), plain.runtime['KEY']], [[], 'plain'])
  })

  test('of two at one path that of the nearer layer is there, whatever their names and order', () => {
    for (const [one, other] of [
      ['A', 'B'],
      ['B', 'A'],
    ] as const) {
      const found = given({ [one]: of('repository', '/same') }, { [other]: of('group', '/same') })
      assert.deepEqual(contents(found), [['/same', 'repository']])
      assert.deepEqual([found.runtime['A'], found.runtime['B']], ['/same', '/same'])
    }
  })

  test('are secret, and read by root only where the service runs as root', () => {
    const custom = {
      repository: { KEY: { ...of('key', '/key'), visibility: 'buildtime' as const } },
      group: {},
    }
    const modes = ['web', 'db'].map((name) => {
      const { files, runtime, buildtime } = variablesFor(serviceOf(text, name), factsOf(text, { custom }))
      assert.deepEqual([runtime['KEY'], buildtime['KEY']], [undefined, '/key'])
      return files.map(({ mode, secret }) => [mode, secret])
    })
    assert.deepEqual(modes, [[[0o600, true]], [[0o644, true]]])
  })
})
