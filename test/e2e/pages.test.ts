import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { chromium } from 'playwright-core'
import { Origin } from '../fakes/origin.ts'
import { addRepository, environmentOf, waitFor } from './previews.ts'
import { ServerProcess, until } from '../../src/setup/server-process.ts'

/** Its build waits until somebody says go. */
const qaackfile = `
services:
  web:
    image: qaack-base/node:latest
    port: 3000
    path: /app
    commands:
      wait: echo the first line; while [ ! -f /tmp/go ]; do sleep 0.1; done; echo the second line
    start: node -e "require('http').createServer((q, r) => r.end('<title>hello</title><p>from the preview')).listen(3000)"
`

test(
  'a person who opens the address while it builds sees the log grow and then the preview, without doing anything',
  { timeout: 300_000 },
  async () => {
    await using qaack = await ServerProcess.start()
    using origin = new Origin()
    origin.commit('main', { 'qaack/qaack.yml': qaackfile })
    const repository = await addRepository(qaack, 'shop', origin)
    const id = await environmentOf(qaack, repository, 'main')
    const profile = mkdtempSync(join(tmpdir(), 'qaack-browser-'))
    const browser = await chromium.launchPersistentContext(profile, {
      executablePath: '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--host-resolver-rules=MAP *.qaack.localhost 127.0.0.1',
      ],
    })
    try {
      const page = await browser.newPage()
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(error.message))
      const address = `http://${id}.qaack.localhost:${qaack.port}/`
      const first = await page.goto(address)
      assert.equal(first?.status(), 503)
      await page.getByText('Nothing runs here').first().waitFor()
      await qaack.api('PUT', `/api/environment/${id}`)
      await page.getByText('the first line').first().waitFor()
      await page.getByText('Building').first().waitFor()
      await until(async () => {
        const said = await qaack.api<{ exitCode: number }>(
          'POST',
          `/api/environment/${id}/service/web/exec`,
          { command: 'touch /tmp/go' },
        )
        return said.exitCode === 0
      }, 'the step may go on')
      // The command that starts it stands in the log too, so the title tells, not the text.
      await until(async () => (await page.title().catch(() => '')) === 'hello', 'the preview is shown')
      assert.equal(await page.locator('p').innerText(), 'from the preview')
      assert.deepEqual(faults, [])

      await qaack.api('DELETE', `/api/environment/${id}`)
      await waitFor(qaack, id, ['empty'])
      assert.equal((await page.reload())?.status(), 503)
      const unknown = await page.goto(`http://zzzzzzzzzz.qaack.localhost:${qaack.port}/`)
      assert.equal(unknown?.status(), 404)
      const front = await page.goto(`http://qaack.localhost:${qaack.port}/`)
      assert.equal(front?.status(), 200)
      assert.deepEqual(faults, [])
    } finally {
      await browser.close()
      rmSync(profile, { recursive: true, force: true })
    }
  },
)
