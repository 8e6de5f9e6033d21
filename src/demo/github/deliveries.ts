import { createHmac, randomUUID } from 'node:crypto'

/** One attempt to bring a webhook to the app. A redelivery is a delivery of its own with the same guid. */
export interface Delivery {
  id: number
  guid: string
  deliveredAt: string
  redelivery: boolean
  /** Seconds. */
  duration: number
  /** `OK`, or what went wrong. */
  status: string
  statusCode: number
  event: string
  action: string | null
  installationId: number | null
  repositoryId: number | null
  url: string
  body: string
  headers: Record<string, string>
  response: { headers: Record<string, string>; payload: string }
}

interface Settings {
  secret: string
  appId: number
  nextId(): number
}

const patience = 10_000
const remembered = 5000

/** Brings webhooks to the app, once each, and remembers what came of it, newest last. */
export class Deliveries {
  readonly all: Delivery[] = []
  readonly #settings: Settings
  readonly #ending = new AbortController()
  readonly #underway = new Set<Promise<void>>()
  url: string | undefined
  /** How many of the next ones are recorded as failed without ever being sent: a network that loses them. */
  losing = 0

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** Starts to deliver; without an address nothing happens, as with an app whose webhooks are off. */
  send(
    event: string,
    payload: Record<string, unknown>,
    about: { installation: number | null; repository: number | null },
  ): void {
    if (this.url === undefined) return
    const action = typeof payload.action === 'string' ? payload.action : null
    this.#start({
      guid: randomUUID(),
      redelivery: false,
      event,
      action,
      installationId: about.installation,
      repositoryId: about.repository,
      url: this.url,
      body: JSON.stringify(payload),
    })
  }

  /** Sends it again to where webhooks go now. False if there is no such delivery. */
  redeliver(id: number): boolean {
    const earlier = this.all.find((one) => one.id === id)
    if (!earlier) return false
    const { guid, event, action, installationId, repositoryId, body } = earlier
    const url = this.url ?? earlier.url
    this.#start({ guid, redelivery: true, event, action, installationId, repositoryId, url, body })
    return true
  }

  /** When everything that was started has been answered or has failed. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway)
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await this.settled()
  }

  #start(
    what: Omit<
      Delivery,
      'id' | 'deliveredAt' | 'duration' | 'status' | 'statusCode' | 'headers' | 'response'
    >,
  ): void {
    const headers = this.#headers(what.event, what.guid, what.body)
    const delivery: Delivery = {
      ...what,
      id: this.#settings.nextId(),
      deliveredAt: new Date().toISOString(),
      duration: 0,
      status: 'pending',
      statusCode: 0,
      headers,
      response: { headers: {}, payload: '' },
    }
    this.all.push(delivery)
    if (this.all.length > remembered) this.all.splice(0, this.all.length - remembered)
    const lost = this.losing > 0
    if (lost) this.losing -= 1
    const sending = (lost ? lose(delivery) : this.#post(delivery)).finally(() =>
      this.#underway.delete(sending),
    )
    this.#underway.add(sending)
  }

  async #post(delivery: Delivery): Promise<void> {
    const started = performance.now()
    try {
      const response = await fetch(delivery.url, {
        method: 'POST',
        headers: delivery.headers,
        body: delivery.body,
        redirect: 'manual',
        signal: AbortSignal.any([this.#ending.signal, AbortSignal.timeout(patience)]),
      })
      const payload = await response.text()
      delivery.response = { headers: Object.fromEntries(response.headers), payload }
      delivery.statusCode = response.status
      delivery.status = response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`
    } catch (error) {
      const slow = error instanceof Error && error.name === 'TimeoutError'
      delivery.status = slow ? 'timed out' : 'failed to connect to host'
      // nobody answered, so there is no status
      delivery.statusCode = 0
    }
    delivery.duration = Math.round(performance.now() - started) / 1000
  }

  #headers(event: string, guid: string, body: string): Record<string, string> {
    const sign = (algorithm: string) =>
      `${algorithm}=${createHmac(algorithm, this.#settings.secret).update(body).digest('hex')}`
    return {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/local',
      'x-github-delivery': guid,
      'x-github-event': event,
      'x-github-hook-id': String(this.#settings.appId),
      'x-github-hook-installation-target-id': String(this.#settings.appId),
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature': sign('sha1'),
      'x-hub-signature-256': sign('sha256'),
    }
  }
}

function lose(delivery: Delivery): Promise<void> {
  delivery.status = 'failed to connect to host'
  return Promise.resolve()
}
