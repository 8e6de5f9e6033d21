import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { test } from 'node:test'
import { silentLogger } from '../../../src/logger.ts'
import { openStore } from '../../../src/stores/open.ts'

const wantsScram = authentication(10, 'SCRAM-SHA-256\0\0')
const challenge = authentication(11, 'r=nonce,s=c2FsdA==,i=4096')

test('a database that wants a password where there is none is left at once, not when it loses patience', async () => {
  const server = createServer((socket) => {
    const answers = [wantsScram, challenge]
    socket.on('data', () => socket.write(answers.shift() ?? ''))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const ended = once(server, 'connection').then(([socket]) => once(socket as Socket, 'close'))
  const { port } = server.address() as AddressInfo
  const databaseUrl = `postgres://qaack@127.0.0.1:${port}/qaack`
  try {
    await assert.rejects(openStore({ databaseUrl, dataDir: '/nowhere', logger: silentLogger }), {
      code: 'store_unavailable',
      message: /wants a password/,
    })
    await ended
  } finally {
    server.close()
  }
})

/** A message of the server: its kind, its length, what is asked for. */
function authentication(asks: number, text: string): Buffer {
  const body = Buffer.from(`R\0\0\0\0\0\0\0\0${text}`)
  body.writeInt32BE(body.length - 1, 1)
  body.writeInt32BE(asks, 5)
  return body
}
