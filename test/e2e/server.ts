import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../src/cli/qaack.ts', import.meta.url))

/** The built server as its own process, as a user starts it, on a free port and a data folder of its own. */
export class Server {
  readonly dataDir: string
  readonly port: number
  readonly #settings: Record<string, string>
  #process: ChildProcess | undefined
  output = ''

  private constructor(port: number, settings: Record<string, string>) {
    this.dataDir = mkdtempSync(join(tmpdir(), 'qaack-e2e-'))
    this.port = port
    this.#settings = settings
  }

  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const server = new Server(await freePort(), settings)
    await server.start()
    return server
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [bin, 'serve'], {
      env: { ...process.env, QAACK_PORT: String(this.port), QAACK_DATA_DIR: this.dataDir, QAACK_LOG_LEVEL: 'info', ...this.#settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
    await until(async () => {
      assert.equal(child.exitCode, null, `the server ended: ${this.output}`)
      return (await this.get('/api/health').catch(() => undefined))?.status === 200
    }, 'the server answers')
  }

  get token(): string {
    return readFileSync(join(this.dataDir, 'admin-token'), 'utf8').trim()
  }

  /** Calls the API; an answer that is not as expected fails the test with the answer's text. */
  async api<T>(method: string, path: string, body?: unknown, expected = [200, 201, 202, 204]): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: { 'x-qaack-token': this.token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    assert.ok(expected.includes(response.status), `${method} ${path} answered ${response.status}: ${text}`)
    return (response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T
  }

  /** A request through the proxy, as a browser would send it to that host name. */
  get(path: string, host = 'qaack.localhost', headers: Record<string, string> = {}): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
    return new Promise((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port: this.port, path, headers: { host: `${host}:${this.port}`, ...headers } }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
        response.on('error', reject)
      })
      call.on('error', reject)
      call.end()
    })
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    child.kill(signal)
    await once(child, 'exit')
    return child.exitCode
  }

  /** Deletes all repositories, so that nothing stays on the engine, then stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) {
      for (const group of await this.api<{ id: string }[]>('GET', '/api/groups')) {
        const { repositories } = await this.api<{ repositories: { id: string }[] }>('GET', `/api/group/${group.id}`)
        for (const { id } of repositories) await this.api('DELETE', `/api/repository/${id}`)
      }
    }
    await this.stop()
    rmSync(this.dataDir, { recursive: true, force: true })
  }
}

/** Asks again and again until it is so; only for things outside this process that tell nobody when they change. */
export async function until(isSo: () => Promise<boolean>, what: string, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (Date.now() < end) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.fail(`not within ${seconds} s: ${what}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  assert.ok(address && typeof address === 'object')
  return address.port
}
