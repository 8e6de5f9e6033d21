import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { emptierOfFile } from './sqlite-emptier.ts'
import { storeSuite } from './suite.ts'

const directory = mkdtempSync(join(tmpdir(), 'qaack-sqlite-'))
after(() => rmSync(directory, { recursive: true, force: true }))
let databases = 0

const newDatabase = () => Promise.resolve(`sqlite:${join(directory, String(++databases), 'qaack.db')}`)

storeSuite('SQLite in a file', {
  newDatabase,
  kept: {
    newDatabase,
    emptierOf: (databaseUrl) => Promise.resolve(emptierOfFile(databaseUrl.replace('sqlite:', ''))),
  },
})

// What other tests use in place of a store of their own, so it has to keep the same contract.
storeSuite('SQLite in memory', {
  newDatabase: () => Promise.resolve('sqlite::memory:'),
  forgets: 'a database in memory ends with its process',
})
