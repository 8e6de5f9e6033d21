import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { GithubDoor } from '../../../src/api/github-connect.ts'
import type { GithubConfig } from '../../../src/config/config.ts'
import { adminToken, startApi, type Service } from './service.ts'

export const host = 'qaack.localhost:3000'
export const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString()

/** What GitHub answers for a good code; others replace fields of it. */
export function appAnswer(site: string) {
  return {
    id: 4711,
    slug: 'qaack-acme',
    name: 'Qaack <acme> & "co"',
    html_url: `${site}/github-apps/qaack-acme`,
    owner: { login: 'acme' },
    pem: privateKey,
    webhook_secret: 'the-hook-secret',
    client_secret: 'never-kept',
  }
}

type Answering = (request: IncomingMessage, response: ServerResponse) => void

/** The one call of GitHub that is made here, as the test wants it answered. */
export class FakeGithub implements AsyncDisposable {
  readonly calls: string[] = []
  answering: Answering
  readonly #server = createServer((request, response) => {
    this.calls.push(`${request.method} ${request.url}`)
    this.answering(request, response)
  })

  private constructor() {
    this.answering = this.json(201, () => appAnswer(this.site))
  }

  static async start(): Promise<FakeGithub> {
    const github = new FakeGithub()
    github.#server.listen(0, '127.0.0.1')
    await once(github.#server, 'listening')
    return github
  }

  get site(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  json(status: number, body: () => object): Answering {
    return (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body()))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** What would connect the service, as a book of what it was told. */
export class BookDoor implements GithubDoor {
  readonly told: GithubConfig[] = []
  /** What the next `connect` fails with. */
  failing: Error | null = null
  #app: { id: number; slug: string; name: string; url: string; owner: string | null } | null = null

  connection() {
    return this.#app && { app: this.#app }
  }

  connect(config: GithubConfig): Promise<void> {
    if (this.failing) return Promise.reject(this.failing)
    this.told.push(config)
    this.#app = { id: config.appId, slug: 's', name: 'as told', url: 'https://github.com/apps/s', owner: 'o' }
    return Promise.resolve()
  }

  disconnect(): void {
    this.#app = null
  }
}

/** A browser with a session of its own: keeps its cookie and says where its forms are from. */
export class Browser {
  readonly #service: Service
  cookie: string | undefined
  readonly #host: string

  constructor(service: Service, token?: string, at = host) {
    this.#service = service
    this.cookie = token === undefined ? undefined : `token=${token}`
    this.#host = at
  }

  async get(url: string) {
    const cookie = this.cookie === undefined ? {} : { cookie: this.cookie }
    return this.#answered(
      await this.#service.api.inject({ method: 'GET', url, headers: { host: this.#host, ...cookie } }),
    )
  }

  async post(url: string, fields: Record<string, string> = {}, origin = `http://${this.#host}`) {
    const headers = {
      host: this.#host,
      origin,
      'content-type': 'application/x-www-form-urlencoded',
      ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
    }
    const payload = new URLSearchParams(fields).toString()
    return this.#answered(await this.#service.api.inject({ method: 'POST', url, headers, payload }))
  }

  #answered(answer: {
    statusCode: number
    headers: Record<string, string | string[] | number | undefined>
    body: string
  }) {
    const set = answer.headers['set-cookie']
    if (typeof set === 'string') this.cookie = set.split(';')[0]
    return {
      status: answer.statusCode,
      body: answer.body,
      to: String(answer.headers.location ?? ''),
      headers: answer.headers,
    }
  }
}

/** The state that the second step gives for an app at `github`. */
export async function stateFrom(browser: Browser, github: FakeGithub): Promise<string> {
  const { body } = await browser.post('/github/new', { github: github.site })
  const action = /action="(http:[^"]*settings\/apps\/new[^"]*)"/.exec(body)?.[1] ?? ''
  return URL.parse(action)?.searchParams.get('state') ?? `no form in ${body}`
}

/** A service, its GitHub, and a browser that is signed in. */
export async function startSetup(given: Parameters<typeof startApi>[0] = {}) {
  const github = await FakeGithub.start()
  const door = new BookDoor()
  const service = await startApi({ githubDoor: door, ...given })
  const browser = new Browser(service, adminToken)
  return {
    github,
    door,
    service,
    browser,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await github[Symbol.asyncDispose]()
    },
  }
}
