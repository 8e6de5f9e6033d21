import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A recorded payload, ready to be sent again and again as ever new deliveries. */
export interface Recorded {
  event: string
  body: Buffer
  signature: string
}

export function recorded(event: string, payload: object, secret: string): Recorded {
  const body = Buffer.from(JSON.stringify(payload))
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  return { event, body, signature }
}

export interface Wish {
  port: number
  deliveries: Recorded[]
  connections: number
  seconds: number
  /** Deliveries per second, evenly; 0 = each connection sends as soon as it is answered. */
  rate: number
}

/** What one run found. `times` are the milliseconds from when each delivery was due to its answer, sorted. */
export interface Found {
  times: number[]
  perSecond: number
}

export function percentile({ times }: Found, share: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN
}

/** Sends deliveries over connections that are kept. Throws if one is not answered 2xx. */
export async function load(wish: Wish): Promise<Found> {
  const senders = new Senders(wish)
  await senders.open()
  const begun = performance.now()
  const timer = wish.rate === 0 ? undefined : setInterval(() => senders.sendDue(), 1)
  if (wish.rate === 0) senders.sendOnAll()
  await pause(wish.seconds * 1000)
  clearInterval(timer)
  const answered = senders.times.length
  const seconds = (performance.now() - begun) / 1000
  await senders.close()
  if (senders.fault !== '') throw new Error(`a delivery was answered: ${senders.fault}`)
  return { times: senders.times.sort((a, b) => a - b), perSecond: answered / seconds }
}

interface Connection {
  socket: Socket
  /** When the delivery that it carries was due. */
  due: number
  answer: string
}

class Senders {
  readonly times: number[] = []
  fault = ''
  readonly #wish: Wish
  readonly #connections: Connection[]
  readonly #free: Connection[] = []
  /** Deliveries that are due while every connection is busy keep their time: a server that stalls is not spared. */
  readonly #late: number[] = []
  #sent = 0
  #nextDue = 0
  #closing = false

  constructor(wish: Wish) {
    this.#wish = wish
    this.#connections = Array.from({ length: wish.connections }, () => {
      const socket = connect({ host: '127.0.0.1', port: wish.port, noDelay: true })
      const connection = { socket, due: 0, answer: '' }
      socket.setEncoding('latin1').on('data', (chunk: string) => this.#read(connection, chunk))
      socket.on('error', (error) => (this.fault ||= error.message))
      return connection
    })
  }

  async open(): Promise<void> {
    await Promise.all(this.#connections.map(({ socket }) => once(socket, 'connect')))
    this.#free.push(...this.#connections)
    this.#nextDue = performance.now()
  }

  sendOnAll(): void {
    for (const connection of this.#free.splice(0)) this.#send(connection, performance.now())
  }

  /** What is due by now at the wished rate. */
  sendDue(): void {
    const gap = 1000 / this.#wish.rate
    for (; this.#nextDue <= performance.now(); this.#nextDue += gap) {
      // In turn: a server closes a connection that nothing comes over for some seconds.
      const connection = this.#free.shift()
      if (connection) this.#send(connection, this.#nextDue)
      else this.#late.push(this.#nextDue)
    }
  }

  /** Resolves when what was sent is answered. */
  async close(): Promise<void> {
    this.#closing = true
    const end = performance.now() + 10_000
    while (this.#free.length < this.#connections.length && this.fault === '') {
      if (performance.now() > end) this.fault = 'not at all within 10 s'
      await pause(5)
    }
    for (const { socket } of this.#connections) socket.destroy()
  }

  #send(connection: Connection, due: number): void {
    const { deliveries, port } = this.#wish
    const { event, body, signature } = deliveries[this.#sent++ % deliveries.length] as Recorded
    connection.due = due
    connection.socket.cork()
    connection.socket.write(
      `POST /api/github/webhooks HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
        `X-GitHub-Event: ${event}\r\nX-GitHub-Delivery: ${randomUUID()}\r\nX-Hub-Signature-256: ${signature}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n`,
    )
    connection.socket.write(body)
    connection.socket.uncork()
  }

  #read(connection: Connection, chunk: string): void {
    connection.answer += chunk
    const [head = '', body] = connection.answer.split('\r\n\r\n')
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
    if (body === undefined || body.length < length) return
    if (!/^HTTP\/1\.1 2/.test(head)) this.fault ||= connection.answer
    connection.answer = ''
    this.times.push(performance.now() - connection.due)
    const late = this.#late.shift()
    if (late !== undefined) this.#send(connection, late)
    else if (this.#wish.rate > 0 || this.#closing) this.#free.push(connection)
    else this.#send(connection, performance.now())
  }
}
