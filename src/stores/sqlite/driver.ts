import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely'
import type { Checkpoints } from './checkpoints.ts'

/**
 * `node:sqlite` for Kysely: one connection, lent to one user at a time in the order they asked. A statement runs at
 * once and to its end, so nothing here waits but for that turn.
 */
export class SqliteDriver implements Driver {
  readonly #open: () => DatabaseSync
  readonly #checkpoints: Checkpoints | undefined
  readonly #turns: (() => void)[] = []
  #connection: SqliteConnection | undefined
  #lent = false

  /** `checkpoints`: who is told of each write. */
  constructor(open: () => DatabaseSync, checkpoints?: Checkpoints) {
    this.#open = open
    this.#checkpoints = checkpoints
  }

  init(): Promise<void> {
    return attempt(() => {
      this.#connection = new SqliteConnection(this.#open(), () => this.#checkpoints?.written())
    })
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#lent) await new Promise<void>((resolve) => this.#turns.push(resolve))
    this.#lent = true
    await this.#checkpoints?.pause()
    return this.#opened()
  }

  releaseConnection(): Promise<void> {
    const next = this.#turns.shift()
    if (next) next()
    else this.#lent = false
    return Promise.resolve()
  }

  /** `immediate` takes the write lock at once, where waiting for another process still helps. */
  beginTransaction(): Promise<void> {
    return this.#run('begin immediate')
  }

  async commitTransaction(): Promise<void> {
    await this.#run('commit')
    this.#checkpoints?.written()
  }

  /** SQLite has rolled back by itself after some errors; asking again would hide the first error behind a second. */
  rollbackTransaction(): Promise<void> {
    return this.#opened().database.isTransaction ? this.#run('rollback') : Promise.resolve()
  }

  async destroy(): Promise<void> {
    await this.#checkpoints?.close()
    this.#connection?.database.close()
  }

  #run(statement: string): Promise<void> {
    return attempt(() => this.#opened().database.exec(statement))
  }

  #opened(): SqliteConnection {
    if (!this.#connection) throw new Error('The SQLite driver was used before it was opened.')
    return this.#connection
  }
}

/** What `act` returns or throws, as a promise. */
function attempt<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => resolve(act()))
}

/** More statements than the store has; the bound only keeps lists of ever new lengths from piling up. */
const keptStatements = 200

class SqliteConnection implements DatabaseConnection {
  readonly database: DatabaseSync
  readonly #written: () => void
  readonly #prepared = new Map<string, { statement: StatementSync; reads: boolean }>()

  constructor(database: DatabaseSync, written: () => void) {
    this.database = database
    this.#written = written
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return attempt(() => this.#execute<R>(query))
  }

  // eslint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw await Promise.resolve(new Error('The SQLite driver does not stream; use execute().'))
  }

  #execute<R>(query: CompiledQuery): QueryResult<R> {
    const parameters = query.parameters as SQLInputValue[]
    const { statement, reads } = this.#prepare(query.sql)
    if (reads) return { rows: statement.all(...parameters) as R[] }
    const { changes } = statement.run(...parameters)
    // Outside of a transaction each statement is one.
    if (!this.database.isTransaction) this.#written()
    return { rows: [], numAffectedRows: BigInt(changes) }
  }

  #prepare(text: string): { statement: StatementSync; reads: boolean } {
    const known = this.#prepared.get(text)
    if (known) return known
    const statement = this.database.prepare(text)
    const prepared = { statement, reads: statement.columns().length > 0 }
    if (this.#prepared.size >= keptStatements) this.#prepared.clear()
    this.#prepared.set(text, prepared)
    return prepared
  }
}
