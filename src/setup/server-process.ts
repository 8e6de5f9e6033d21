import { spawn, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { nodeFlags } from './node-flags.mjs'

const bin = fileURLToPath(new URL('../cli/qaack.mjs', import.meta.url))

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** The server as its own process, as a user starts it, on a free port and a data folder that goes with it. */
export class ServerProcess implements AsyncDisposable {
  readonly dataDir: string
  readonly port: number
  /** What it wrote to its standard output and error so far. */
  output = ''
  readonly #settings: Record<string, string>
  readonly #detached: boolean
  #process: ChildProcess | undefined

  private constructor(port: number, settings: Record<string, string>, detached: boolean) {
    this.#detached = detached
    this.dataDir = mkdtempSync(join(tmpdir(), 'qaack-'))
    this.port = port
    this.#settings = settings
  }

  /**
   * Starts one and resolves when it answers. `settings` are environment variables; `port` 0 takes a free one; with
   * `detached` a Ctrl-C in the terminal reaches only the program that started it, which then stops it in its own time.
   */
  static async start(
    settings: Record<string, string> = {},
    port = 0,
    { detached = false } = {},
  ): Promise<ServerProcess> {
    const server = new ServerProcess(port === 0 ? await freePort() : port, settings, detached)
    try {
      await server.start()
    } catch (error) {
      await server.stop()
      rmSync(server.dataDir, { recursive: true, force: true })
      throw error
    }
    return server
  }

  /** Starts it again on the same port and data. Throws with its output if it ends instead. */
  async start(): Promise<void> {
    const before = this.output
    const own = { QAACK_PORT: String(this.port), QAACK_DATA_DIR: this.dataDir, QAACK_LOG_LEVEL: 'warn' }
    const child = spawn(process.execPath, [...nodeFlags, bin, 'serve'], {
      env: { ...process.env, ...own, ...this.#settings },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: this.#detached,
    })
    this.#process = child
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
    await until(async () => {
      if (!this.running) throw new Error(`the server ended at its start:\n${this.output}`)
      // else it may be another program on this port that answers
      if (!this.output.slice(before.length).includes('Qaack answers at')) return false
      return (await this.get('/api/health').catch(() => undefined))?.status === 200
    }, 'the server answers')
  }

  get running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null
  }

  get pid(): number {
    return this.#process?.pid ?? 0
  }

  get token(): string {
    return readFileSync(join(this.dataDir, 'admin-token'), 'utf8').trim()
  }

  /** Calls the API with the admin token. An answer that is not among the expected ones is an Error with its text. */
  async api<T>(method: string, path: string, body?: unknown, expected = [200, 201, 202, 204]): Promise<T> {
    const response = await this.fetch(method, path, body)
    const text = await response.text()
    if (!expected.includes(response.status))
      throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return (response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T
  }

  /** The bare answer of the API, for what streams. */
  fetch(method: string, path: string, body?: unknown): Promise<Response> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    return fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: { 'x-qaack-token': this.token, ...json },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  /** A request to a host name below the base domain, whether or not this machine resolves it. */
  get(path: string, host = 'qaack.localhost', headers: Record<string, string> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: this.port,
        path,
        headers: { host: `${host}:${this.port}`, ...headers },
      }
      const call = request(options, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        )
        response.on('error', reject)
      })
      call.on('error', reject)
      call.end()
    })
  }

  /** Sends a signal and resolves with the exit code when it has ended. Safe twice. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#process
    if (!child || !this.running) return child?.exitCode ?? null
    child.kill(signal)
    await once(child, 'exit')
    return child.exitCode
  }

  /** Deletes all repositories, so that nothing stays on the engine, then stops and removes the data. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running) await this.#deleteAll()
    await this.stop()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  async #deleteAll(): Promise<void> {
    for (const group of await this.api<{ id: string }[]>('GET', '/api/groups')) {
      const { repositories } = await this.api<{ repositories: { id: string }[] }>(
        'GET',
        `/api/group/${group.id}`,
      )
      for (const { id } of repositories) await this.api('DELETE', `/api/repository/${id}`)
    }
  }
}

/**
 * Asks again and again until it is so: for things outside this process that tell nobody when they change. The longer it
 * takes, the rarer: asking must not take the processor from what is waited for. `longest` pause in milliseconds.
 */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  seconds = 120,
  longest = 200,
): Promise<void> {
  const begun = Date.now()
  for (let waited = 0; waited < seconds * 1000; waited = Date.now() - begun) {
    if (await isSo()) return
    await pause(Math.min(Math.max(waited / 10, 25), longest))
  }
  throw new Error(`not within ${seconds} s: ${what}`)
}

/**
 * A port of the loopback that nobody listens on: the preferred one, else one below those that systems give to connections
 * that go out, and to whoever asks for any: so that nobody else gets it before it is listened on.
 */
export async function freePort(preferred = randomPort()): Promise<number> {
  for (let tries = 0, port = preferred; tries < 1000; tries += 1, port = randomPort()) {
    const server = createServer().listen(port, '127.0.0.1')
    const listening = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!listening) continue
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error('no free port')
}

function randomPort(): number {
  return randomInt(15_000, 32_000)
}
