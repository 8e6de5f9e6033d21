import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Forwarder } from './forward.ts'
import { Live } from './live.ts'
import { Proxy, type ProxyParts } from './proxy.ts'
import { EnvironmentTable } from './table.ts'

export interface ProxyServer {
  /** Not listening yet. */
  server: Server
  /**
   * Takes no more connections and lets requests end for `drainSeconds`, then cuts what is left. Upgraded connections and
   * open state pages are cut at once: they have no end of their own, and their clients come back. Safe twice.
   */
  close(drainSeconds: number): Promise<void>
}

const limits = {
  /** Answered with 431 beyond. */
  maxHeaderSize: 32 * 1024,
  /** Milliseconds for the headers; none for the rest, because uploads and streams last as long as they last. */
  headersTimeout: 30_000,
  requestTimeout: 0,
  /** Longer than the minute after which load balancers close idle connections, so that they are the ones to do it. */
  keepAliveTimeout: 65_000,
  // Strict, as Node is by itself: what two servers could read in two ways (Content-Length beside Transfer-Encoding,
  // a request without Host) is refused.
  insecureHTTPParser: false,
  requireHostHeader: true,
}

/** Milliseconds between two looks for connections that have become idle while we drain. */
const drainLook = 50

/** The web proxy with the API on its base domain, one HTTP server. Throws what the store throws when it cannot be read. */
export async function createProxyServer(
  parts: Omit<ProxyParts, 'table' | 'live' | 'forwarder'>,
): Promise<ProxyServer> {
  const table = new EnvironmentTable(parts)
  await table.open()
  const live = new Live({ ...parts, base: parts.config.baseUrl, table })
  const forwarder = new Forwarder()
  const proxy = new Proxy({ ...parts, table, live, forwarder })
  const upgraded = new Set<Socket>()

  const server = createServer({ ...limits, shouldUpgradeCallback: (request) => proxy.takesUpgrade(request) })
  // What we did not foresee ends one request, not the previews of everybody.
  const guard = (socket: Socket, work: () => void) => {
    try {
      work()
    } catch (error) {
      parts.logger.error({ err: error }, 'a request could not be handled')
      socket.destroy()
    }
  }
  const handle = (request: IncomingMessage, response: ServerResponse, expectant: boolean) => {
    if (!server.listening) response.shouldKeepAlive = false
    guard(request.socket, () => proxy.handle(request, response, expectant))
  }
  server.on('request', (request, response) => handle(request, response, false))
  server.on('checkContinue', (request, response) => handle(request, response, true))
  server.on('upgrade', (request, _, early) => {
    const { socket } = request
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    guard(socket, () => proxy.upgrade(request, socket, early))
  })

  const close = async (drainSeconds: number) => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    live.close()
    for (const socket of upgraded) socket.destroySoon()
    await drain(server, closed, drainSeconds, parts)
    for (const socket of upgraded) socket.destroy()
    await closed
    table.close()
    await forwarder.close()
  }
  let closing: Promise<void> | undefined
  return { server, close: (drainSeconds) => (closing ??= close(drainSeconds)) }
}

async function drain(
  server: Server,
  closed: Promise<void>,
  seconds: number,
  { clock, logger }: Pick<ProxyParts, 'clock' | 'logger'>,
): Promise<void> {
  const done = new AbortController()
  const failed = (error: unknown) => logger.warn({ err: error }, 'idle connections could not be closed')
  clock.every(drainLook, () => server.closeIdleConnections(), done.signal, failed)
  await Promise.race([closed, clock.sleep(seconds * 1000, done.signal)])
  done.abort()
  server.closeAllConnections()
}
