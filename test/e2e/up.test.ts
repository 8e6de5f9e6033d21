import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../src/setup/server-process.ts'
import { Origin } from '../fakes/origin.ts'

const bin = fileURLToPath(new URL('../../src/cli/qaack.mjs', import.meta.url))

const qaackfile = `
services:
  web:
    image: qaack-base/node:latest
    checkout: true
    path: /app
    port: 3000
    start: node -e "require('http').createServer((q, r) => r.end(require('fs').readFileSync('page.txt'))).listen(3000)"
`

/** `qaack up` in a folder, until Ctrl-C; resolves when it has said where the preview answers. */
async function up(folder: string, state: string, port: number, ...flags: string[]) {
  const env = { ...process.env, XDG_STATE_HOME: state }
  const child = spawn(process.execPath, [bin, 'up', folder, '--port', String(port), ...flags], { env })
  let said = ''
  const address = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const found = /answers at http:\/\/([a-z2-7.]+)/.exec(said)?.[1]
        if (found) resolve(found)
      })
    }
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)))
  })
  const host = await address
  const end = async () => {
    child.kill('SIGINT')
    await once(child, 'exit')
  }
  return { host, end, said: () => said }
}

function get(port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, headers: { host: `${host}:${port}` } }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve(body))
    })
    call.on('error', reject).end()
  })
}

test(
  'a working copy is previewed as it is, kept over runs, and gone with --rm',
  { timeout: 300_000 },
  async () => {
    using copy = new Origin()
    const state = mkdtempSync(join(tmpdir(), 'qaack-up-'))
    const port = await freePort()
    copy.commit('main', { 'qaack/qaack.yml': qaackfile, 'page.txt': 'committed' })
    writeFileSync(join(copy.dir, 'page.txt'), 'not committed yet')
    const status = copy.git('status', '--porcelain')

    const first = await up(copy.dir, state, port)
    assert.equal(await get(port, first.host), 'not committed yet')
    await first.end()
    assert.equal(copy.git('status', '--porcelain'), status, 'the working copy is as it was')

    writeFileSync(join(copy.dir, 'page.txt'), 'changed meanwhile')
    const second = await up(copy.dir, state, port, '--rm')
    assert.equal(second.host, first.host, 'the same preview, rebuilt')
    assert.equal(await get(port, second.host), 'changed meanwhile')
    await second.end()
    const label = `label=qaack.environment=${first.host.split('.')[0]}`
    const left = ['ps -aq', 'network ls -q'].map((list) =>
      execFileSync('docker', [...list.split(' '), '--filter', label], { encoding: 'utf8' }),
    )
    assert.deepEqual(left, ['', ''])
    rmSync(state, { recursive: true })
  },
)

test(
  'a folder that is no repository works too, and one without a Qaackfile says what is missing',
  { timeout: 180_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qaack-plain-'))
    const state = mkdtempSync(join(tmpdir(), 'qaack-up-'))
    writeFileSync(join(folder, 'page.txt'), 'plain')
    await assert.rejects(
      up(folder, state, await freePort(), '--rm'),
      /ended with 1: [^]*there is no Qaackfile; put one at qaack\/qaack\.yml/,
    )
    rmSync(folder, { recursive: true })
    rmSync(state, { recursive: true })
  },
)
