import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { saveApp } from '../../../src/config/github-app-file.ts'
import { Person } from './command.ts'

const app = {
  appId: 4711,
  slug: 'qaack',
  name: 'Qaack',
  url: 'https://ghe.example.org/github-apps/qaack',
  owner: 'acme',
  gheHost: 'ghe.example.org',
  gheProtocol: 'https' as const,
  privateKey: 'the private key',
  webhookSecret: 'the hook secret',
}

test('config prints the GitHub App that was made from the start page, and no secret of it', async () => {
  using person = new Person()
  const dataDir = join(person.dir, 'data')
  await saveApp(dataDir, 'some secret key', app)
  const { code, stdout, stderr } = await person.qaack(['config'])
  assert.equal(code, 0, stderr)
  const file = join(dataDir, 'github-app.json')
  assert.match(
    stdout,
    new RegExp(`^github:\n  app_id: 4711 # ${file}\n  private_key: '\\*{8}' # ${file}$`, 'm'),
  )
  assert.ok(stdout.includes(`  ghe_host: ghe.example.org # ${file}\n`))
  assert.doesNotMatch(stdout, /v1\.|the private key/)
  const { github } = JSON.parse((await person.qaack(['config', '-o', 'json'])).stdout) as { github: object }
  assert.deepEqual(github, {
    app_id: 4711,
    private_key: '********',
    webhook_secret: '********',
    ghe_host: 'ghe.example.org',
    ghe_protocol: 'https',
  })
})

test('config says that the saved app is damaged, and prints the rest', async () => {
  using person = new Person()
  const dataDir = join(person.dir, 'data')
  await saveApp(dataDir, 'some secret key', app)
  const file = join(dataDir, 'github-app.json')
  writeFileSync(file, '{')
  const damaged = await person.qaack(['config'])
  assert.equal(damaged.code, 0)
  assert.match(damaged.stdout, /^port: 3000 [^]*\n# github: The file .* is damaged; /m)
  chmodSync(file, 0o644)
  assert.match((await person.qaack(['config'])).stdout, /\n# github: .*chmod 600/)
})
