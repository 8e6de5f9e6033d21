import { writeSync } from 'node:fs'
import { event, insert } from './records.ts'
import { open } from './open.ts'

/** Commits until it is killed, and tells each number once its commit has resolved. Arguments: database, first number. */
const [databaseUrl = '', first = '0'] = process.argv.slice(2)
const store = await open(databaseUrl)
for (let number = Number(first); ; number++) {
  const id = String(number)
  await store.commit([
    insert('group', { id, name: id }),
    event(id),
    insert('token', { id, name: id, hash: id }),
  ])
  await store.appendLog('log', `${id}\n`)
  writeSync(1, `${id}\n`)
}
