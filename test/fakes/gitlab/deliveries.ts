import { randomUUID } from 'node:crypto'
import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { Json } from '../../../src/demo/github/json.ts'
import type { WebHook } from './records.ts'

/** One call of a webhook. GitLab makes it once; who does not get it has missed it. */
export interface Delivery {
  /** Which of a hook's kinds it belongs to, e.g. `push_events`. */
  kind: string
  url: string
  headers: Record<string, string>
  body: string
  /** 0 while, or if, nobody has answered. */
  status: number
}

/** What one deed tells, to every hook of a project that wants it. */
export interface News {
  kind: string
  /** E.g. `Push Hook`. */
  event: string
  payload: Json
}

const patience = 10_000
const minute = 60_000

export class Deliveries {
  readonly all: Delivery[] = []
  readonly #base: string
  readonly #ending = new AbortController()
  readonly #underway = new Set<Promise<void>>()
  /** How many of the next calls never leave: a network that loses them. */
  losing = 0

  constructor(base: string) {
    this.#base = base
  }

  /** Calls every hook that wants it and is not switched off. All of one event share its UUID. */
  send(hooks: WebHook[], { kind, event, payload }: News): void {
    const uuid = randomUUID()
    const body = JSON.stringify(payload)
    for (const hook of hooks) {
      if (hook.events[kind] !== true || hook.disabledUntil > Date.now()) continue
      const headers = this.#headers(hook, event, uuid)
      this.#start(hook, { kind, url: hook.url, headers, body, status: 0 })
    }
  }

  /** A call on request, e.g. of a test; tells the status that came back. */
  async sendOne(hook: WebHook, { kind, event, payload }: News): Promise<number> {
    const headers = this.#headers(hook, event, randomUUID())
    const delivery = { kind, url: hook.url, headers, body: JSON.stringify(payload), status: 0 }
    this.all.push(delivery)
    await this.#post(hook, delivery)
    return delivery.status
  }

  /** When everything that was begun has been answered or has failed. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway)
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await this.settled()
  }

  #start(hook: WebHook, delivery: Delivery): void {
    this.all.push(delivery)
    if (this.losing > 0) {
      this.losing -= 1
      return
    }
    const sending = this.#post(hook, delivery).finally(() => this.#underway.delete(sending))
    this.#underway.add(sending)
  }

  async #post(hook: WebHook, delivery: Delivery): Promise<void> {
    delivery.status = await call(delivery, hook.verifies, this.#ending.signal).catch(() => 0)
    if (this.#ending.signal.aborted) return
    const failed = delivery.status < 200 || delivery.status >= 400
    hook.failures = failed ? hook.failures + 1 : 0
    hook.disabledUntil = disabledFor(hook.failures)
  }

  #headers(hook: WebHook, event: string, uuid: string): Record<string, string> {
    return {
      'content-type': 'application/json',
      'user-agent': 'GitLab/18.5.0',
      'idempotency-key': randomUUID(),
      'x-gitlab-event': event,
      'x-gitlab-webhook-uuid': randomUUID(),
      'x-gitlab-instance': this.#base,
      'x-gitlab-event-uuid': uuid,
      ...(hook.token !== '' && { 'x-gitlab-token': hook.token }),
    }
  }
}

/** Four failures in a row: off for a minute, then for twice as long each time, up to a day; forty: for good. */
function disabledFor(failures: number): number {
  if (failures < 4) return 0
  if (failures >= 40) return Infinity
  return Date.now() + Math.min(minute * 2 ** (failures - 4), 1440 * minute)
}

/** Posts it. Names below `.localhost` are this machine, whatever its resolver knows; they still get their Host. */
function call(delivery: Delivery, verifies: boolean, signal: AbortSignal): Promise<number> {
  const url = new URL(delivery.url)
  const here = url.hostname === 'localhost' || url.hostname.endsWith('.localhost')
  const secure = url.protocol === 'https:'
  const options = {
    method: 'POST',
    host: here ? '127.0.0.1' : url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : url.port,
    path: `${url.pathname}${url.search}`,
    headers: { ...delivery.headers, host: url.host, 'content-length': Buffer.byteLength(delivery.body) },
    agent: false as const,
    signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
  }
  return new Promise((resolve, reject) => {
    const request = secure
      ? overHttps({ ...options, servername: url.hostname, rejectUnauthorized: verifies })
      : overHttp(options)
    request.on('error', reject)
    request.on('response', (response) => {
      response.on('error', reject)
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.resume()
    })
    request.end(delivery.body)
  })
}
