import assert from 'node:assert/strict'
import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { loadConfig } from '../../../src/config/load.ts'
import { configAsText } from '../../../src/config/print.ts'

const folder = mkdtempSync(join(tmpdir(), 'qaack-config-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const everySetting = new URL('every-setting.yaml', import.meta.url).pathname

test('each setting is shown with its value and where it came from', () => {
  const text = configAsText(
    loadConfig({ env: { QAACK_PORT: '8080' }, flags: { logLevel: 'warn' }, cwd: folder }),
  )
  const lines = text.split('\n')
  for (const line of [
    'host: 127.0.0.1 # default',
    'port: 8080 # QAACK_PORT',
    'base_url: http://qaack.localhost:8080 # default',
    `# admin_token: made at first start, in ${folder}/data/admin-token`,
    '  memory: 2g # default',
    '  level: warn # --log-level',
  ]) {
    assert.ok(lines.includes(line), `${line}\n${text}`)
  }
  assert.doesNotMatch(text, /git(hub|lab)/)
})

test('no secret is shown', () => {
  const text = configAsText(loadConfig({ file: everySetting, env: {}, cwd: folder }))
  for (const secret of ['admin\n', 'a long secret key', ':pass@', 'glpat', 'hook\n'])
    assert.ok(!text.includes(secret), secret)
  assert.match(text, /^database_url: postgres:\/\/qaack:\*{8}@db\/qaack # /m)
  assert.match(text, /^admin_token: '\*{8}' # /m)
  const parameter = { QAACK_DATABASE_URL: 'postgres://h/d?user=u&password=hidden&ssl=1' }
  assert.doesNotMatch(configAsText(loadConfig({ env: parameter, cwd: folder })), /hidden/)
})

test('what is shown is a settings file with the same outcome, but for the masks', () => {
  const first = loadConfig({
    env: { QAACK_STATE_PAGE_TITLE: 'a: "b" # c', QAACK_SERVICE_MEMORY: '1536m' },
    cwd: folder,
  })
  writeFileSync(join(folder, 'shown.yaml'), configAsText(first))
  const again = loadConfig({ file: 'shown.yaml', env: {}, cwd: folder })
  assert.deepEqual({ ...again, sources: {} }, { ...first, sources: {} })
  assert.match(readFileSync(join(folder, 'shown.yaml'), 'utf8'), /memory: 1536m/)
})
