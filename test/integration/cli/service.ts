import { once } from 'node:events'
import { createServer } from 'node:http'
import { createApi } from '../../../src/api/api.ts'
import type { Parts } from '../../../src/parts.ts'
import { Worker } from '../../../src/queue/worker.ts'
import { addGroup } from '../../../src/repositories/manage.ts'
import { FakeEngine } from '../../fakes/engine.ts'
import { hookInbox } from '../../fakes/hooks.ts'
import { makeParts } from '../../fakes/parts.ts'

export const adminToken = 'admin-token-of-the-tests'

/** The real API, queue and builds over real git, with an engine that only keeps book. */
export interface Service {
  parts: Parts
  engine: FakeEngine
  url: string
  [Symbol.asyncDispose](): Promise<void>
}

export async function startService(): Promise<Service> {
  const engine = new FakeEngine()
  const parts = await makeParts({ engine })
  await addGroup(parts, 'default')
  const api = await createApi(parts, { adminToken, inbox: hookInbox(parts), github: () => null })
  const worker = new Worker(parts, { owner: 'test', slots: { create: 2, build: 2 } })
  await worker.start({ alone: true })
  const server = createServer((request, response) => api.handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    parts,
    engine,
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    async [Symbol.asyncDispose]() {
      await worker.stop()
      await api.close()
      server.closeAllConnections()
      server.close()
      await parts[Symbol.asyncDispose]()
    },
  }
}
