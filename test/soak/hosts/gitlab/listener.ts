import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { objectOf, parseJson, type Json } from '../../../../src/demo/github/json.ts'

export interface Heard {
  event: string
  headers: IncomingHttpHeaders
  body: Json
}

/** Whoever webhooks are sent to: it keeps what it heard, and answers as it is told to. */
export interface Listener extends AsyncDisposable {
  port: number
  heard: Heard[]
  status: number
}

export async function listen(): Promise<Listener> {
  const heard: Heard[] = []
  const listener = { heard, status: 200 }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { headers } = request
      const body = objectOf(parseJson(Buffer.concat(chunks).toString('utf8')))
      heard.push({ event: String(headers['x-gitlab-event']), headers, body })
      response.writeHead(listener.status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(listener, {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
