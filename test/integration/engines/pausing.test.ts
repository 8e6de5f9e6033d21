import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createDockerEngine } from '../../../src/engines/docker/docker-engine.ts'

/** An engine that can only pause, and cannot do that the first times. `asked` counts. */
async function busyEngine(t: TestContext, times: number) {
  const folder = mkdtempSync(join(tmpdir(), 'qaack-engine-'))
  const book = { asked: 0 }
  const server = createServer((request, response) => {
    if (!request.url?.endsWith('/containers/web/pause')) return response.end('OK')
    book.asked += 1
    if (book.asked > times) return response.writeHead(204).end()
    response.writeHead(500, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ message: 'OCI runtime pause failed: unable to freeze: unknown' }))
  })
  const socket = join(folder, 'docker.sock')
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  t.after(() => {
    server.close()
    server.closeAllConnections()
    rmSync(folder, { recursive: true, force: true })
  })
  return { book, container: createDockerEngine({ candidates: [socket] }).container('web') }
}

test('a container that cannot be frozen just now is paused all the same', async (t) => {
  const { book, container } = await busyEngine(t, 2)
  await container.pause()
  assert.equal(book.asked, 3)
})

test('one that can never be frozen is told after three times', async (t) => {
  const { book, container } = await busyEngine(t, Infinity)
  await assert.rejects(container.pause(), { code: 'engine_failed', message: /unable to freeze/ })
  assert.equal(book.asked, 3)
})
