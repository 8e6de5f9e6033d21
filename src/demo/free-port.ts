import { createServer } from 'node:net'

/** The port if nobody listens on it, else 0, which asks for any free one. */
export function portIfFree(port: number): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(0))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)))
  })
}
