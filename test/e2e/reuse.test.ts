import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import test from 'node:test'
import { Origin } from '../fakes/origin.ts'
import { addRepository, environmentOf, waitFor, type EnvironmentView } from './previews.ts'
import { ServerProcess, until } from '../../src/setup/server-process.ts'

const image = 'qaack-test/with-volume:1'
const always = 'value-that-is-always-there-4711'
const buildtime = 'value-for-building-only-4712'

/** A service that installs something large, and one that keeps its rows under a declared volume, as databases do. */
const qaackfile = `
reuse: deps
make_reusable:
  deps: {on: web.install, where: [main]}
variables:
  ALWAYS: ${always}
  BUILDTIME: {value: ${buildtime}, visibility: buildtime}
services:
  web:
    image: qaack-base/node:latest
    default: true
    checkout: true
    path: /app
    port: 3000
    depends_on: [db]
    commands:
      install: {run: node install.mjs, inputs: [lock.txt]}
      build: cp page.txt built.txt
    start: node server.mjs
    ready: {path: /}
  db:
    image: ${image}
    port: 4000
    commands:
      seed: node -e "fs.writeFileSync('/data/rows', crypto.randomUUID())"
    start: node -e "http.createServer((_, answer) => answer.end(fs.readFileSync('/data/rows'))).listen(4000)"
    ready: {path: /}
`

const install = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('node_modules', { recursive: true })
writeFileSync('node_modules/large', Buffer.alloc(32 * 1024 * 1024, process.env.BUILDTIME.length))
appendFileSync('node_modules/runs', 'x')
`

const server = `
import { createServer } from 'node:http'
import { existsSync, readFileSync, statSync } from 'node:fs'
createServer(async (_, answer) => {
  const rows = await fetch('http://db:4000/').then((said) => said.text())
  const runs = readFileSync('node_modules/runs', 'utf8').length
  const large = statSync('node_modules/large').size
  const page = readFileSync('built.txt', 'utf8').trim()
  answer.end(JSON.stringify({ rows, runs, large, page, old: existsSync('old.txt') }))
}).listen(3000)
`

interface Page {
  rows: string
  runs: number
  large: number
  page: string
  old: boolean
}

interface View extends EnvironmentView {
  serving?: { hash: string; stale: boolean }
  reusable: { used: string | null; saved: string[]; why: string }
}

test(
  'a second push installs nothing again and has the rows; a changed lock file installs; no variable is in what is saved',
  { timeout: 200_000 },
  async () => {
    const dockerfile = 'FROM qaack-base/node:latest\nVOLUME /data\n'
    docker(['build', '-q', '-t', image, '-'], dockerfile)
    await using qaack = await ServerProcess.start()
    const origin = new Origin()
    const files = { 'qaack/qaack.yml': qaackfile, 'install.mjs': install, 'server.mjs': server }
    origin.commit('main', { ...files, 'lock.txt': 'one', 'page.txt': 'first', 'old.txt': 'old' })
    const repository = await addRepository(qaack, 'shop', origin)
    const id = await environmentOf(qaack, repository, 'main')
    const page = async () => JSON.parse((await qaack.get('/', `${id}.qaack.localhost`)).body) as Page
    const push = async (hash: string) => {
      await qaack.api('POST', `/api/repository/${repository}/sync`)
      await until(async () => (await view(qaack, id)).serving?.hash === hash, `${hash} answers`, 90)
      return view(qaack, id)
    }

    await qaack.api('PUT', `/api/environment/${id}`, {})
    await waitFor(qaack, id, ['built', 'failed'])
    const first = await page()
    assert.deepEqual(
      { ...first, rows: '' },
      { rows: '', runs: 1, large: 32 * 1024 * 1024, page: 'first', old: true },
    )
    assert.deepEqual((await view(qaack, id)).reusable.saved, ['deps'])

    origin.git('rm', '-q', 'old.txt')
    const second = await push(origin.commit('main', { 'page.txt': 'second' }))
    assert.equal(second.reusable.used, 'deps', second.reusable.why)
    assert.deepEqual(await page(), { ...first, page: 'second', old: false })

    const [web = ''] = containersOf(id, 'web')
    const saved = docker(['inspect', '--format', '{{.Image}}', web]).trim()
    const told = docker(['image', 'inspect', saved]) + docker(['history', '--no-trunc', saved])
    assert.match(told, /qaack\.reusable/, 'it is a saved one')
    for (const value of [always, buildtime])
      assert.ok(!told.includes(value), `${value} is in the saved image`)

    const third = await push(origin.commit('main', { 'lock.txt': 'two' }))
    assert.equal(third.reusable.used, null)
    assert.match(third.reusable.why, /lock\.txt changed, an input of web\.install/)
    const last = await page()
    assert.equal(last.runs, 1, 'it was installed from nothing')
    assert.notEqual(last.rows, first.rows)

    const { reusableEnvironments } = await qaack.api<{
      reusableEnvironments: { label: string; from: { name: string } }[]
    }>('GET', `/api/repository/${repository}`)
    assert.deepEqual(
      reusableEnvironments.map(({ label, from }) => [label, from.name]),
      [['deps', 'main']],
    )
    const instance = docker(['inspect', '--format', '{{index .Config.Labels "qaack.instance"}}', web]).trim()
    await qaack.api('DELETE', `/api/repository/${repository}`)
    await until(() => Promise.resolve(savedImages(instance) === ''), 'no saved image is left', 60)
    origin[Symbol.dispose]()
  },
)

function view(qaack: ServerProcess, id: string): Promise<View> {
  return qaack.api<View>('GET', `/api/environment/${id}`)
}

function containersOf(environment: string, service: string): string[] {
  const filters = [`label=qaack.environment=${environment}`, `label=qaack.service=${service}`]
  return docker(['ps', '-q', ...filters.flatMap((filter) => ['--filter', filter])])
    .split('\n')
    .filter(Boolean)
}

function savedImages(instance: string): string {
  const filters = [`label=qaack.instance=${instance}`, 'label=qaack.reusable']
  return docker(['images', '-q', ...filters.flatMap((filter) => ['--filter', filter])]).trim()
}

function docker(words: string[], input = ''): string {
  const env = { ...process.env, DOCKER_BUILDKIT: '0' }
  return execFileSync('docker', words, { encoding: 'utf8', input, env })
}
