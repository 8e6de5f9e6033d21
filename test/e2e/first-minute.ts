import assert from 'node:assert/strict'
import type { ServerProcess } from '../../src/setup/server-process.ts'
import type { Origin } from '../fakes/origin.ts'
import { addRepository, environmentOf, show, waitFor } from './previews.ts'

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

export interface Preview {
  repository: string
  /** Of the environment. */
  id: string
  branch: string
  hash: string
  greeting: string
}

/** Commits these branches in each origin, adds each as a repository, and proves that every preview answers with its own code. */
export async function previewAll(
  qaack: ServerProcess,
  origins: Origin[],
  branches: string[],
): Promise<Preview[]> {
  const previews: Preview[] = []
  for (const [index, origin] of origins.entries()) {
    const greetings = branches.map((branch) => `hello-${index}-${branch}`)
    const hashes = branches.map((branch, at) => origin.commit(branch, files(greetings[at] ?? '')))
    const repository = await addRepository(qaack, `shop${index}`, origin)
    for (const [at, branch] of branches.entries()) {
      const id = await environmentOf(qaack, repository, branch)
      assert.equal((await show(qaack, id)).status, 'empty')
      await qaack.api('PUT', `/api/environment/${id}`, {})
      previews.push({ repository, id, branch, hash: hashes[at] ?? '', greeting: greetings[at] ?? '' })
    }
  }
  for (const preview of previews) await proveAnswer(qaack, preview)
  return previews
}

async function proveAnswer(qaack: ServerProcess, { id, branch, hash, greeting }: Preview): Promise<void> {
  const built = await waitFor(qaack, id, ['built', 'failed'])
  assert.equal(built.status, 'built', built.reason)
  const page = await qaack.get('/', `${id}.qaack.localhost`)
  assert.equal(page.status, 200)
  assert.equal(page.body, `${greeting} ${branch} ${hash} words of words`)
  assert.equal(page.headers['x-robots-tag'], 'noindex, nofollow')
  const said = await qaack.api<{ exitCode: number; output: string }>(
    'POST',
    `/api/environment/${id}/service/web/exec`,
    { command: 'git -C /app rev-parse HEAD && git -C /app status --porcelain -uno' },
  )
  assert.deepEqual(said, { exitCode: 0, output: `${hash}\n` })
}
