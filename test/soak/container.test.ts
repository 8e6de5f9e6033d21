import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort, until } from '../../src/setup/server-process.ts'
import { Origin } from '../fakes/origin.ts'
import type { EnvironmentView, RepositoryView } from '../e2e/previews.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const name = `qaack-e2e-${process.pid}`
const work = mkdtempSync(join(tmpdir(), 'qaack-container-'))
let port: number

const qaackfile = `
services:
  web:
    image: qaack-base/node:latest
    checkout: true
    path: /app
    port: 3000
    start: node -e "require('http').createServer((q, r) => r.end('from a container beside')).listen(3000)"
`

function docker(...words: string[]): string {
  return execFileSync('docker', words, {
    encoding: 'utf8',
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}

function call(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const token = docker('exec', name, 'cat', '/var/lib/qaack/admin-token')
  const headers = {
    'x-qaack-token': token,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const answer = await call(method, path, headers, body === undefined ? undefined : JSON.stringify(body))
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.body}`)
  return JSON.parse(answer.body) as T
}

before(async () => {
  port = await freePort()
  docker('build', '-q', '-t', name, '--build-arg', 'BASE=qaack-base/node:latest', '.')
  using origin = new Origin()
  origin.commit('main', { 'qaack/qaack.yml': qaackfile })
  origin.git('clone', '-q', '--bare', '.', join(work, 'shop.git'))
  // The service runs as a plain user there.
  chmodSync(work, 0o755)
  const socket = '/var/run/docker.sock'
  const group = execFileSync('stat', ['-c', '%g', socket], { encoding: 'utf8' }).trim()
  const mounts = ['-v', `${socket}:${socket}`, '-v', `${work}:/origins:ro`, '--group-add', group]
  docker('run', '-d', '--name', name, '-p', `127.0.0.1:${port}:3000`, ...mounts, name)
  await until(
    async () => (await call('GET', '/api/ready', {}).catch(() => undefined))?.status === 200,
    'the service is ready',
  )
})

after(() => {
  docker('rm', '-fv', name)
  docker('rmi', '-f', name)
  rmSync(work, { recursive: true })
})

test(
  'in a container of its own the service reaches previews beside it, also after a restart, and leaves nothing',
  { timeout: 110_000 },
  async () => {
    assert.equal(docker('exec', name, 'id', '-u'), '10001')
    const [group] = await api<{ id: string }[]>('GET', '/api/groups')
    const wish = { name: 'shop', type: 'generic', params: { origin: '/origins/shop.git' } }
    const { id } = await api<{ id: string }>('POST', `/api/group/${group?.id}`, wish)
    let environment: string | undefined
    await until(async () => {
      environment = (await api<RepositoryView>('GET', `/api/repository/${id}`)).environments[0]?.id
      return environment !== undefined
    }, 'the branch is known')
    await api('PUT', `/api/environment/${environment}`, {})
    await until(
      async () => (await api<EnvironmentView>('GET', `/api/environment/${environment}`)).status === 'built',
      'built',
    )
    const preview = () => call('GET', '/', { host: `${environment}.qaack.localhost` })
    assert.deepEqual(await preview(), { status: 200, body: 'from a container beside' })

    docker('restart', name)
    await until(
      async () => (await preview().catch(() => undefined))?.status === 200,
      'it answers after a restart',
    )

    await api('DELETE', `/api/repository/${id}`)
    const label = `label=qaack.environment=${environment}`
    const left = () =>
      docker('ps', '-aq', '--filter', label) + docker('network', 'ls', '-q', '--filter', label)
    await until(() => Promise.resolve(left() === ''), 'nothing is left on the engine')
  },
)
