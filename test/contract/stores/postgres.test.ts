import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { isQaackError } from '../../../src/errors.ts'
import { open } from './open.ts'
import { emptierOfPostgres } from './postgres-emptier.ts'
import { startPostgres } from './postgres-server.ts'
import type { PostgresServer } from './postgres-server.ts'
import { insert } from './records.ts'
import { storeSuite } from './suite.ts'

let server: PostgresServer
before(async () => {
  server = await startPostgres()
})
after(() => server.stop())

storeSuite('PostgreSQL', {
  newDatabase: () => server.emptyDatabase(),
  kept: { newDatabase: () => server.newDatabase(), emptierOf: emptierOfPostgres },
})

test('a PostgreSQL server that went away is said to be away, and works again once it is back', async () => {
  const store = await open(await server.emptyDatabase())
  await store.commit([insert('group')])
  const pending = Promise.allSettled(
    Array.from({ length: 50 }, (_, index) =>
      store.commit([insert('token', { id: `${index}`, name: `${index}`, hash: `${index}` })]),
    ),
  )
  await server.restart()
  const results = await pending
  for (const one of results) {
    if (one.status === 'rejected')
      assert.ok(isQaackError(one.reason, 'store_unavailable'), String(one.reason))
  }
  await store.check()
  const tokens = (await store.list('token')).map((one) => one.id)
  results.forEach((one, index) => {
    if (one.status === 'fulfilled') assert.ok(tokens.includes(`${index}`))
  })
  assert.equal((await store.list('group')).length, 1)
  await store.close()
})

test('a database that does not exist is named, with what to do', async () => {
  const url = (await server.emptyDatabase()).replace('/postgres?', '/nowhere?')
  await assert.rejects(open(url), (error) => {
    assert.ok(isQaackError(error, 'store_unavailable'))
    assert.match(error.message, /nowhere does not exist; create it/)
    assert.ok(error.cause instanceof Error)
    return true
  })
})

test('a PostgreSQL server that does not answer is named without the password', async () => {
  await assert.rejects(open('postgres://user:hidden@127.0.0.1:1/qaack'), (error) => {
    assert.ok(isQaackError(error, 'store_unavailable'))
    assert.match(
      error.message,
      /postgres:\/\/127\.0\.0\.1:1\/qaack does not answer \(.*ECONNREFUSED.*\); start it/,
    )
    assert.doesNotMatch(error.message, /hidden/)
    return true
  })
})
