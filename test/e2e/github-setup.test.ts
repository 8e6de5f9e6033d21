import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { chromium, type Page } from 'playwright-core'
import { appFile, readSavedApp } from '../../src/config/github-app-file.ts'
import { startGithub } from '../../src/demo/github/start.ts'
import { ServerProcess, until } from '../../src/setup/server-process.ts'

interface Overview {
  connected: boolean
  owners: { owner: string; repositories: string[] }[]
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

/** Pictures of the pages for those who want to look at them: in the folder of TEST_PICTURES. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.TEST_PICTURES
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

test(
  'a person connects GitHub from the start page, without a restart; it stays so over one, until it is disconnected',
  { timeout: 300_000 },
  async () => {
    await using qaack = await ServerProcess.start()
    const address = `http://qaack.localhost:${qaack.port}`
    await using browser = await startBrowser()
    const { page } = browser
    const github = await startGithub()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      // Chromium says so of every answer that is none of 2xx, and the way in is one: 401.
      if (message.type() === 'error' && !message.text().includes('401')) faults.push(message.text())
    })
    try {
      await page.goto(`${address}/`)
      await picture(page, '1-front')
      await page.getByRole('link', { name: 'Connect GitHub' }).click()
      await page.getByLabel('Admin token').fill('not the token')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').getByText('The token is not valid').waitFor()
      await page.getByLabel('Admin token').fill(qaack.token)
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
      assert.equal(page.url(), `${address}/github`)
      await picture(page, '5-connected')
      const secretKey = readFileSync(join(qaack.dataDir, 'secret-key'), 'utf8').trim()
      const saved = readSavedApp(qaack.dataDir, secretKey)
      assert.equal(saved?.webhookSecret, github.app.webhookSecret)

      const knows = async () => {
        const { connected, owners } = await qaack.api<Overview>('GET', '/api/github')
        return (
          connected &&
          owners.some(({ owner, repositories }) => `${owner}/${repositories.join()}` === 'acme/shop')
        )
      }
      await until(knows, 'the repositories of the app are known')
      await qaack.stop()
      await qaack.start()
      await until(knows, 'the saved app is connected after a restart')
      await page.reload()
      await page.getByText('shop', { exact: true }).waitFor()
      await picture(page, '6-restarted')

      await page.getByRole('button', { name: 'Disconnect' }).click()
      await page.getByRole('heading', { name: 'Connect GitHub' }).waitFor()
      assert.equal((await qaack.api<Overview>('GET', '/api/github')).connected, false)
      assert.ok(!existsSync(appFile(qaack.dataDir)))
      assert.deepEqual(faults, [])
    } finally {
      await github.close()
    }
  },
)
