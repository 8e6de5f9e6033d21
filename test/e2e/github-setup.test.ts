import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { chromium, type Page } from 'playwright-core'
import { createApi } from '../../src/api/api.ts'
import { systemClock } from '../../src/clock.ts'
import { readSavedApp } from '../../src/config/github-app-file.ts'
import { startGithub } from '../../src/demo/github/start.ts'
import { GithubLink } from '../../src/github-link.ts'
import { silentLogger } from '../../src/logger.ts'
import { freePort } from '../../src/setup/server-process.ts'
import { FakeEngine } from '../fakes/engine.ts'
import { hookInbox } from '../fakes/hooks.ts'
import { makeParts } from '../fakes/parts.ts'

const adminToken = 'admin-token-of-the-tests'

/** The pages of a server that has no app yet, with the real connection behind them. */
async function startPages() {
  const port = await freePort()
  const parts = await makeParts({ engine: new FakeEngine(), settings: { port: String(port), adminToken } })
  const link = new GithubLink({ logger: silentLogger, clock: systemClock, app: () => undefined })
  const options = { adminToken, inbox: hookInbox(parts), github: () => link.connection(), githubDoor: link }
  const api = await createApi(parts, options)
  const server = createServer((request, response) => api.handle(request, response)).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    parts,
    link,
    address: `http://qaack.localhost:${port}`,
    async [Symbol.asyncDispose]() {
      await api.close()
      server.closeAllConnections()
      server.close()
      await parts[Symbol.asyncDispose]()
    },
  }
}

async function startBrowser() {
  const profile = mkdtempSync(join(tmpdir(), 'qaack-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP *.localhost 127.0.0.1'],
  })
  return {
    page: await context.newPage(),
    async [Symbol.asyncDispose]() {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

/** Pictures of the pages for those who want to look at them: in the folder of QAACK_TEST_PICTURES. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.QAACK_TEST_PICTURES
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

test(
  'a person connects GitHub from the start page, without a restart, and disconnects it again',
  { timeout: 60_000 },
  async () => {
    const github = await startGithub()
    await using pages = await startPages()
    await using browser = await startBrowser()
    const { page } = browser
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      // Chromium says so of every answer that is none of 2xx, and the way in is one: 401.
      if (message.type() === 'error' && !message.text().includes('401')) faults.push(message.text())
    })
    try {
      await page.goto(`${pages.address}/`)
      await picture(page, '1-front')
      await page.getByRole('link', { name: 'Connect GitHub' }).click()
      await page.getByLabel('Admin token').fill('not the token')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').getByText('The token is not valid').waitFor()
      await page.getByLabel('Admin token').fill(adminToken)
      await picture(page, '2-token')
      await page.getByRole('button', { name: 'Sign in' }).click()

      await page.getByText('GitHub cannot call this server: http').waitFor()
      await page.getByLabel('Organisation').fill('acme')
      await page.getByText('GitHub Enterprise Server', { exact: true }).click()
      await page.getByLabel('Address of GitHub').fill(github.url)
      await picture(page, '3-choose')
      await page.getByRole('button', { name: 'Continue' }).click()
      await picture(page, '4-confirm')
      await page.getByRole('button', { name: /^Make the app at / }).click()

      await page.getByRole('heading', { name: 'GitHub is connected' }).waitFor()
      assert.equal(page.url(), `${pages.address}/github`)
      await picture(page, '5-connected')
      assert.equal(pages.link.connection()?.app.slug, github.app.slug)
      const { dataDir } = pages.parts.config
      assert.equal(readSavedApp(dataDir, pages.parts.secretKey)?.webhookSecret, github.app.webhookSecret)

      await page.getByRole('button', { name: 'Disconnect' }).click()
      await page.getByRole('heading', { name: 'Connect GitHub' }).waitFor()
      assert.equal(pages.link.connection(), null)
      assert.equal(readSavedApp(dataDir, pages.parts.secretKey), null)
      assert.deepEqual(faults, [])
    } finally {
      await github.close()
    }
  },
)
