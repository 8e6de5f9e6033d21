import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createGitHost } from '../../../src/hosts/git/git-host.ts'
import { createDoor } from '../../../src/hosts/gitlab/door.ts'
import { ManualClock } from '../../fakes/clock.ts'
import { adminToken, startApi } from '../api/service.ts'
import { Person } from './command.ts'

const url = 'https://gitlab.example.org'
const secretKey = 'a-secret-key-of-the-tests-0123456789'
const project = { id: 42, web_url: `${url}/acme/shop`, path_with_namespace: 'acme/shop' }
const payload = JSON.stringify({ object_kind: 'merge_request', project })

/** A server that GitLab calls, and a person who hands it what GitLab sent once. */
async function open(env: Record<string, string>) {
  const config = { url, token: 't', webhookSecret: 'made by hand', groups: [] }
  const door = createDoor({ config, secretKey, clock: new ManualClock() })
  const gitlab = { ...createGitHost(), receive: () => ({ ignored: 'nobody wants it' }), door }
  const service = await startApi({ hosts: { gitlab } })
  const person = new Person({ QAACK_URL: await service.listen(), QAACK_TOKEN: adminToken, ...env })
  return {
    person,
    receive: (...more: string[]) =>
      person.qaack(['receive', 'Merge Request Hook', '-', '--host', 'gitlab', ...more], { input: payload }),
    kept: async () => (await service.parts.store.list('delivery')).map(({ host, event }) => [host, event]),
    async [Symbol.asyncDispose]() {
      person[Symbol.dispose]()
      await service[Symbol.asyncDispose]()
    },
  }
}

test('a payload of GitLab is handed over with the secret of hooks made by hand, once by its id', async () => {
  await using at = await open({ GITLAB_WEBHOOK_SECRET: 'made by hand' })
  const ended = await at.receive('--delivery', 'mine')
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(ended.stdout, 'Merge Request Hook (delivery mine): ignored: nobody wants it\n')
  const again = await at.receive('--delivery', 'mine')
  assert.match(again.stderr, /received before/)
  assert.deepEqual(await at.kept(), [['gitlab', 'Merge Request Hook']])
})

test('the secret of the settings is found, and that of the hook which the server itself made', async () => {
  await using at = await open({ QAACK_SECRET_KEY: secretKey })
  mkdirSync(join(at.person.dir, 'data'))
  const made = await at.receive()
  assert.equal(made.code, 0, made.stderr)
  const settings = `gitlab: {url: "${url}", token: t, webhook_secret: made by hand}\n`
  writeFileSync(join(at.person.dir, 'qaackd.yaml'), settings)
  const byHand = await at.receive()
  assert.equal(byHand.code, 0, byHand.stderr)
  assert.equal((await at.kept()).length, 2)
})

test('a call about another GitLab is told as that, and the secret is not blamed', async () => {
  await using at = await open({ GITLAB_WEBHOOK_SECRET: 'made by hand' })
  const web_url = 'https://gitlab.example.com/acme/shop'
  const input = payload.replace(project.web_url, web_url)
  const ended = await at.person.qaack(['receive', 'Push Hook', '-', '--host', 'gitlab'], { input })
  assert.equal(ended.code, 1)
  assert.match(ended.stderr, /is for calls about projects at https:\/\/gitlab\.example\.org, .* one is about/)
  assert.doesNotMatch(ended.stderr, /the secret here/)
  assert.deepEqual(await at.kept(), [])
})

test('a wrong secret is refused by the server; without any it is told what to do', async () => {
  await using at = await open({ GITLAB_WEBHOOK_SECRET: 'another' })
  const refused = await at.receive()
  assert.deepEqual([refused.code, refused.stdout], [1, ''])
  assert.match(
    refused.stderr,
    /X-Gitlab-Token.*; the secret here has to be that of the server: .*GITLAB_WEBHOOK_SECRET/,
  )
  assert.doesNotMatch(refused.stderr, /qaack login/)
  await using stranger = await open({})
  const none = await stranger.receive()
  assert.equal(none.code, 1)
  assert.match(none.stderr, /run this where qaack serve runs, or set GITLAB_WEBHOOK_SECRET/)
  const words = ['receive', 'Merge Request Hook', '-', '--host', 'gitlab']
  const nameless = await stranger.person.qaack(words, { input: '{"object_kind": "merge_request"}' })
  assert.equal(nameless.code, 1)
  assert.match(nameless.stderr, /the payload does not name its project .*as GitLab sent it/)
  assert.deepEqual([...(await at.kept()), ...(await stranger.kept())], [])
})
