import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGitlabHost } from '../../../../src/hosts/gitlab/gitlab-host.ts'
import { silentLogger } from '../../../../src/logger.ts'
import { gitlabThatAnswers, settings } from './answers.ts'
import { shop } from './record.ts'

const { parts } = gitlabThatAnswers({})
const hostWith = (config: typeof settings | null) =>
  createGitlabHost({ ...parts, config, secretKey: 'k', logger: silentLogger })

test("a repository's own token comes first", () => {
  const remote = hostWith(settings).remote(shop({ token: 'glpat-own' }))
  assert.deepEqual(remote.credentials, { username: 'oauth2', password: 'glpat-own' })
  assert.equal(remote.address.url, 'https://gitlab.example.com/acme/shop.git')
  assert.equal(remote.renew, undefined)
})

test('the token of the settings is for their instance only', () => {
  const host = hostWith({ ...settings, url: 'HTTPS://gitlab.example.com:443/' })
  assert.deepEqual(host.remote(shop()).credentials, { username: 'oauth2', password: 'glpat-settings' })
  for (const instance of [
    'http://gitlab.example.com',
    'https://gitlab.example.com:8443',
    'https://gitlab.com',
  ])
    assert.equal(host.remote(shop({ origin: `${instance}/acme/shop.git` })).credentials, null, instance)
  const below = shop({ origin: 'https://gitlab.example.com/other/acme/shop.git' })
  assert.equal(host.remote(below).credentials, null)
})

test('without any it is read as by anybody', () => {
  assert.equal(hostWith(null).remote(shop()).credentials, null)
})

test('the code of a change is behind a ref of its own', () => {
  assert.equal(hostWith(null).changes?.ref('12'), 'refs/merge-requests/12/head')
})

test('without settings there are no repositories to list, and never deliveries to ask for', async () => {
  assert.equal(await hostWith(null).repositories(), null)
  assert.equal(await hostWith(settings).recover(0, () => Promise.resolve(false)), 0)
})

test('without a token nothing is written, and it is said why; no webhook is tried', async () => {
  const { changes, hooks } = hostWith(null)
  const item = { kind: 'comment', change: '1', mark: 'm', body: 'hello' } as const
  await assert.rejects(async () => changes?.publish(shop(), item, null), {
    name: 'HostFailure',
    kind: 'refused',
    message: /has no token, and gitlab.token is not set/,
  })
  await assert.rejects(async () => changes?.mayWrite(shop(), 'ada'), { kind: 'refused' })
  assert.equal(await hooks?.keep(shop(), 'https://qaack.test/api/gitlab/webhooks'), null)
  await hooks?.remove(shop(), 'https://qaack.test/api/gitlab/webhooks')
})
