import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import test, { type TestContext } from 'node:test'
import { chromium, type Page } from 'playwright-core'
import type { BuildRecord } from '../../../src/builds/build.ts'
import { id, service } from '../../unit/proxy/records.ts'
import { closedPort, startProxy, startService, type Setting } from './setting.ts'

const program = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path))
const options = { skip: program === undefined ? 'needs Chromium in /usr/bin' : false }

const build: BuildRecord = {
  id: 'build-1',
  version: 0,
  environmentId: id,
  repositoryId: 'repository',
  number: 1,
  hash: 'c'.repeat(40),
  source: null,
  generation: 1,
  stage: 'build',
  status: 'running',
  wantsBuild: true,
  start: 'reuse',
  reusableId: null,
  outcome: null,
  reason: '',
  requestedAt: 1,
  waitingSince: 1,
  startedAt: Date.now() - 65_000,
  endedAt: null,
  lease: null,
  lapses: 0,
  steps: [],
  faults: [],
}

/** Opens the environment's address; everything the browser complains of is collected. */
async function open(context: TestContext, { port }: Setting): Promise<{ page: Page; complaints: string[] }> {
  const browser = await chromium.launch({
    executablePath: program ?? '',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--host-resolver-rules=MAP *.qaack.example 127.0.0.1',
    ],
  })
  context.after(() => browser.close())
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  await page.goto(`http://${id}.qaack.example:${port}/`)
  return { page, complaints }
}

test(
  'an open page follows the log, tells of a failure without loading anew, and opens the preview',
  options,
  async (context) => {
    const { port: target } = await startService(context, (_, response) => response.end('the preview itself'))
    const services = [service('web', { default: true, target: { host: '127.0.0.1', port: target } })]
    const setting = await startProxy(context, { environment: { state: 'building', services } })
    await setting.store.commit([{ insert: 'build', record: build }])
    await setting.store.appendLog('build-1', '==> step web.install\nweb | first\n')
    const { page, complaints } = await open(context, setting)
    await page.getByRole('heading', { name: 'Building' }).waitFor()
    await page.getByText(/^1:\d\d$/).waitFor()
    await page.evaluate(`document.body.setAttribute('data-loaded', 'once')`)

    await setting.store.appendLog('build-1', 'web | <b>second</b>\n')
    await page.getByText('web | <b>second</b>').waitFor()

    await setting.change({ state: 'failed', reason: 'Step web.install ended with 1.' })
    await page.getByRole('heading', { name: 'The build failed' }).waitFor()
    await page.getByText('Step web.install ended with 1.').waitFor()
    await page.getByText('web | first').waitFor()
    assert.equal(await page.locator('body').getAttribute('data-loaded'), 'once')
    assert.match(await page.title(), /^The build failed · /)

    await setting.change({ state: 'built' })
    await page.getByText('the preview itself').waitFor()
    assert.deepEqual(complaints, [])
  },
)

test(
  'a page about a service that does not answer opens the preview when it does',
  options,
  async (context) => {
    const { port: target } = await startService(context, (_, response) => response.end('the preview itself'))
    const at = (port: number) => [service('web', { default: true, target: { host: '127.0.0.1', port } })]
    const setting = await startProxy(context, { environment: { services: at(await closedPort()) } })
    const { page, complaints } = await open(context, setting)
    await page.getByRole('heading', { name: 'The service does not answer' }).waitFor()
    await setting.change({ services: at(target) })
    await page.getByText('the preview itself').waitFor()
    assert.deepEqual(complaints, [])
  },
)
