import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Api } from '../../../src/api/api.ts'
import type { Parts } from '../../../src/parts.ts'

/** A real server before an API, for what `inject` cannot play: begun when it is first wanted, ended with API and parts. */
export function listening(api: Api, parts: Parts & AsyncDisposable) {
  const server = createServer((request, response) => api.handle(request, response))
  return {
    /** Its address. */
    async listen(): Promise<string> {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await api.close()
      server.close()
      server.closeAllConnections()
      await parts[Symbol.asyncDispose]()
    },
  }
}
