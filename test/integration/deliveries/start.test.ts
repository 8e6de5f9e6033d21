import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadConfig } from '../../../src/config/load.ts'
import { startGithub } from '../../../src/demo/github/start.ts'
import { recordOf } from '../../../src/deliveries/delivery.ts'
import { receive } from '../../../src/hosts/github/receive.ts'
import { silentLogger } from '../../../src/logger.ts'
import { startService } from '../../../src/main.ts'
import { until } from '../../../src/setup/server-process.ts'
import { openStore } from '../../../src/stores/open.ts'

test('what was kept before a kill is handled at the next start', async (t) => {
  const github = await startGithub()
  t.after(() => github.close())
  const dataDir = mkdtempSync(join(tmpdir(), 'qaack-test-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true }))
  const { appId, privateKey, webhookSecret, installationId } = github.app
  const ada = github.user('ada')
  await ada.push('main', 'first', { 'index.html': 'one' })
  await ada.push('topic', 'second', { 'index.html': 'two' })
  const change = await ada.openChange({ title: 'Bigger letters', head: 'topic' })
  const about = {
    repository: { id: 1, name: 'shop', owner: { login: 'acme' } },
    installation: { id: installationId },
    sender: { login: 'ada' },
  }
  const payloads = {
    check_run: {
      action: 'rerequested',
      check_run: { head_sha: 'f'.repeat(40), app: { id: appId } },
      ...about,
    },
    issue_comment: {
      action: 'created',
      issue: { number: change, pull_request: {} },
      comment: { id: 9, body: '/qaack cancel', user: { login: 'ada' } },
      ...about,
    },
  }
  const store = await openStore({ databaseUrl: 'sqlite:qaack.db', dataDir, logger: silentLogger })
  for (const [event, payload] of Object.entries(payloads)) {
    const delivery = { event, payload: JSON.stringify(payload) }
    const meaning = receive(delivery, { appId, login: '' })
    assert.ok('events' in meaning)
    const call = { ...delivery, host: 'github', deliveryId: event } as const
    await store.commit([{ insert: 'delivery', record: recordOf(call, meaning, Date.now()) }])
  }
  await store.close()

  const env = {
    APP_ID: String(appId),
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: webhookSecret,
    GHE_HOST: github.host,
    GHE_PROTOCOL: 'http',
  }
  const flags = { dataDir, port: '0', host: '127.0.0.1', databaseUrl: 'sqlite:qaack.db', logLevel: 'silent' }
  const service = await startService(loadConfig({ env, flags, cwd: dataDir }), {
    environment: { ...process.env, DOCKER_HOST: 'unix:///nowhere.sock' },
  })
  t.after(() => service.stop())
  const reasons = async () =>
    new Map((await service.parts.store.list('delivery')).map(({ event, reason }) => [event, reason]))
  await until(
    async () => [...(await reasons()).values()].every((reason) => reason !== ''),
    'both are handled',
  )
  assert.match((await reasons()).get('check_run') ?? '', /no open change offers commit fffffff/)
  assert.match((await reasons()).get('issue_comment') ?? '', /\/qaack cancel of ada/)
})
