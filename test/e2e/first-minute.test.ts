import assert from 'node:assert/strict'
import test from 'node:test'
import { Origin } from '../fakes/origin.ts'
import { addRepository, environmentOf, onEngine, show, waitFor } from './previews.ts'
import { ServerProcess, until } from '../../src/setup/server-process.ts'

/** Two services that need each other by name; the page shows branch, commit and what the other one said. */
const qaackfile = `
services:
  web:
    image: qaack-base/node:latest
    default: true
    checkout: true
    path: /app
    port: 3000
    depends_on: [words]
    commands:
      install: cp greeting.txt built.txt
      check: test -f built.txt
    start: node server.mjs
    ready: {path: /}
  words:
    image: qaack-base/node:latest
    checkout: true
    path: /app
    port: 4000
    start: node words.mjs
variables:
  BRANCH: "{{ .Environment.Ref.Name }}"
  SECRET: {value: only-while-building, visibility: buildtime}
`

const server = `
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
createServer(async (request, response) => {
  if (request.url === '/env') return response.end(JSON.stringify(process.env))
  const word = await fetch('http://words:4000/').then((answer) => answer.text())
  response.end([readFileSync('built.txt', 'utf8').trim(), process.env.BRANCH, process.env.QCK_ENVIRONMENT_HASH, word].join(' '))
}).listen(3000)
`

const words = `
import { createServer } from 'node:http'
createServer((request, response) => response.end('words of ' + process.env.QCK_SERVICE_NAME)).listen(4000)
`

const files = (greeting: string) => ({
  'qaack/qaack.yml': qaackfile,
  'server.mjs': server,
  'words.mjs': words,
  'greeting.txt': greeting,
})

test(
  'two repositories with five branches each: one call per branch, and every preview answers with its own code',
  { timeout: 500_000 },
  async () => {
    await using qaack = await ServerProcess.start({ QAACK_BUILD_SLOTS: '2' })
    const origins = [new Origin(), new Origin()]
    const branches = ['main', 'two', 'feature/three', 'four', 'five']
    const previews: { id: string; branch: string; hash: string; name: string }[] = []
    for (const [index, origin] of origins.entries()) {
      const hashes = branches.map((branch) => origin.commit(branch, files(`hello-${index}-${branch}`)))
      const repository = await addRepository(qaack, `shop${index}`, origin)
      for (const [at, branch] of branches.entries()) {
        const id = await environmentOf(qaack, repository, branch)
        assert.equal((await show(qaack, id)).status, 'empty')
        await qaack.api('PUT', `/api/environment/${id}`, {})
        previews.push({ id, branch, hash: hashes[at] ?? '', name: `hello-${index}-${branch}` })
      }
    }
    for (const { id, branch, hash, name } of previews) {
      const built = await waitFor(qaack, id, ['built', 'failed'])
      assert.equal(built.status, 'built', built.reason)
      const page = await qaack.get('/', `${id}.qaack.localhost`)
      assert.equal(page.status, 200)
      assert.equal(page.body, `${name} ${branch} ${hash} words of words`)
      assert.equal(page.headers['x-robots-tag'], 'noindex, nofollow')
      const said = await qaack.api<{ exitCode: number; output: string }>(
        'POST',
        `/api/environment/${id}/service/web/exec`,
        {
          command: 'git -C /app rev-parse HEAD && git -C /app status --porcelain -uno',
        },
      )
      assert.deepEqual(said, { exitCode: 0, output: `${hash}\n` })
    }
    const [first] = previews
    assert.ok(first)
    assert.equal((await qaack.get('/', `serv-words-${first.id}.qaack.localhost`)).body, 'words of words')
    assert.match((await qaack.get('/', 'main--shop1.qaack.localhost')).body, /^hello-1-main/)
    const env = JSON.parse((await qaack.get('/env', `${first.id}.qaack.localhost`)).body) as Record<
      string,
      string
    >
    assert.equal(env.SECRET, undefined)
    assert.equal(env.IS_QCK, 'true')
    assert.equal(env.QCK_ENVIRONMENT_URL, `http://${first.id}.qaack.localhost:${qaack.port}`)
    for (const origin of origins) origin[Symbol.dispose]()
  },
)

test(
  'a push rebuilds what exists, a branch that goes takes its environment along, and nothing stays on the engine',
  { timeout: 300_000 },
  async () => {
    await using qaack = await ServerProcess.start()
    using origin = new Origin()
    origin.commit('main', files('one'))
    origin.commit('gone', files('two'))
    const repository = await addRepository(qaack, 'shop', origin)
    const main = await environmentOf(qaack, repository, 'main')
    const gone = await environmentOf(qaack, repository, 'gone')
    for (const id of [main, gone]) await qaack.api('PUT', `/api/environment/${id}`)
    for (const id of [main, gone])
      assert.equal((await waitFor(qaack, id, ['built', 'failed'])).status, 'built')

    const hash = origin.commit('main', { 'greeting.txt': 'one, again' })
    origin.git('branch', '-qD', 'gone')
    await qaack.api('POST', `/api/git/webhooks/${repository}`)
    await until(
      async () =>
        (await qaack.get('/', `${main}.qaack.localhost`)).body === `one, again main ${hash} words of words`,
      'the push is served',
    )
    await qaack.api('GET', `/api/environment/${gone}`, undefined, [404])
    await until(
      () => Promise.resolve(onEngine(gone).length === 0),
      'nothing of the gone branch is on the engine',
    )

    await qaack.api('DELETE', `/api/environment/${main}`)
    await until(
      () => Promise.resolve(onEngine(main).length === 0),
      'nothing of the deleted environment is on the engine',
    )
    assert.equal((await show(qaack, main)).status, 'empty')
    assert.match(await qaack.api<string>('GET', `/api/environment/${main}/log`), /web\.install/)
  },
)
