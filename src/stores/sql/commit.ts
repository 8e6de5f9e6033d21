import { CompiledQuery } from 'kysely'
import type { Compilable, Kysely, Transaction } from 'kysely'
import { Conflict } from '../store.ts'
import type { Change, Committed, Kind, Records } from '../store.ts'
import type { SqlDialect } from './dialect.ts'
import { columnName, columnsOf, tables, taken } from './tables.ts'
import type { RecordRow, Tables } from './tables.ts'
import { keyText } from './text.ts'

/** Writes all changes of all `commits` or none, and tells what was written for each of them. */
export async function writeCommits(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  commits: Change[][],
): Promise<Committed[][]> {
  return db.transaction().execute(async (transaction) => {
    const committed: Committed[][] = []
    const numbers = new EventNumbers(transaction, dialect, commits.flat().filter(isEvent).length)
    for (const changes of commits) committed.push(await writeChanges(transaction, dialect, changes, numbers))
    return committed
  })
}

async function writeChanges(
  transaction: Transaction<Tables>,
  dialect: SqlDialect,
  changes: Change[],
  numbers: EventNumbers,
): Promise<Committed[]> {
  const committed: Committed[] = []
  const events = []
  for (const change of changes) {
    if (isEvent(change)) events.push(change.event)
    else committed.push(await write(transaction, dialect, change))
  }
  // Events last: from the first on, this transaction holds the counter that all others with events wait for.
  for (const event of events) {
    const seq = await numbers.next()
    committed.push(await writeEvent(transaction, dialect, { ...event, seq }))
  }
  return committed
}

type EventChange = Extract<Change, { event: unknown }>
type RecordChange = Exclude<Change, EventChange>

function isEvent(change: Change): change is EventChange {
  return 'event' in change
}

async function write(
  transaction: Transaction<Tables>,
  dialect: SqlDialect,
  change: RecordChange,
): Promise<Committed> {
  if ('remove' in change) return remove(transaction, change.remove, change.id, change.version)
  const kind = 'insert' in change ? change.insert : change.save
  try {
    if ('insert' in change) await insert(transaction, dialect, kind, change.record)
    else await save(transaction, dialect, kind, change.record)
  } catch (error) {
    if (dialect.explain(error) === 'unique') throw new Conflict(kind, taken[kind])
    throw error
  }
  return { kind, id: change.record.id, removed: false }
}

async function insert(
  transaction: Transaction<Tables>,
  dialect: SqlDialect,
  kind: Kind,
  record: Records[Kind],
): Promise<void> {
  const row = rowOf(kind, record, 1)
  const text = textOf(dialect, `insert ${kind}`, () => transaction.insertInto(tables[kind]).values(row))
  await transaction.executeQuery(CompiledQuery.raw(text, Object.values(row)))
}

async function save(
  transaction: Transaction<Tables>,
  dialect: SqlDialect,
  kind: Kind,
  record: Records[Kind],
): Promise<void> {
  const row = rowOf(kind, record, record.version + 1)
  const text = textOf(dialect, `save ${kind}`, () =>
    transaction.updateTable(tables[kind]).set(row).where('id', '=', '').where('version', '=', 0),
  )
  const parameters = [...Object.values(row), keyText(record.id), record.version]
  const { numAffectedRows } = await transaction.executeQuery(CompiledQuery.raw(text, parameters))
  if (numAffectedRows === 0n) throw changed(kind, record.id)
}

const statements = new WeakMap<SqlDialect, Map<string, string>>()

/** Of what is written again and again: putting a statement together anew costs as much as running it. */
function textOf(dialect: SqlDialect, name: string, build: () => Compilable): string {
  const known = statements.get(dialect) ?? new Map<string, string>()
  statements.set(dialect, known)
  const text = known.get(name) ?? build().compile().sql
  known.set(name, text)
  return text
}

async function remove(
  transaction: Transaction<Tables>,
  kind: Kind,
  id: string,
  version: number,
): Promise<Committed> {
  const result = await transaction
    .deleteFrom(tables[kind])
    .where('id', '=', keyText(id))
    .where('version', '=', version)
    .executeTakeFirst()
  if (result.numDeletedRows === 0n) throw changed(kind, id)
  return { kind, id, removed: true }
}

function changed(kind: Kind, id: string): Conflict {
  return new Conflict(kind, `The ${kind} ${id} was changed or removed meanwhile.`)
}

function rowOf<K extends Kind>(kind: K, record: Records[K], version: number): Omit<RecordRow, 'seq'> {
  const row: Record<string, string | number | null> = {}
  const columns: Record<string, string | number | null> = columnsOf[kind](record)
  for (const [field, value] of Object.entries(columns)) {
    row[columnName(field)] = typeof value === 'string' ? keyText(value) : value
  }
  return { ...row, id: keyText(record.id), version, record: JSON.stringify({ ...record, version }) }
}

/**
 * Numbers for the events of a transaction, all asked for with the first. The counter's row is held until the end of the
 * transaction, so numbers become visible in the order they were given: who has seen event 7 will never be shown a new
 * event 6. A sequence of PostgreSQL does not promise that.
 */
class EventNumbers {
  readonly #transaction: Transaction<Tables>
  readonly #dialect: SqlDialect
  readonly #count: number
  #next: number | undefined

  constructor(transaction: Transaction<Tables>, dialect: SqlDialect, count: number) {
    this.#transaction = transaction
    this.#dialect = dialect
    this.#count = count
  }

  async next(): Promise<number> {
    const next = this.#next ?? (await this.#claim())
    this.#next = next + 1
    return next
  }

  async #claim(): Promise<number> {
    const text = textOf(this.#dialect, 'next events', () =>
      this.#transaction
        .updateTable('counters')
        .set((column) => ({ value: column('value', '+', 1) }))
        .where('name', '=', 'event')
        .returning('value'),
    )
    const claim = CompiledQuery.raw(text, [this.#count, 'event'])
    const { rows } = await this.#transaction.executeQuery<{ value: number }>(claim)
    return Number(rows[0]?.value) - this.#count + 1
  }
}

async function writeEvent(
  transaction: Transaction<Tables>,
  dialect: SqlDialect,
  event: EventChange['event'] & { seq: number },
): Promise<Committed> {
  const row = {
    seq: event.seq,
    repository_id: event.repositoryId === null ? null : keyText(event.repositoryId),
    environment_id: event.environmentId === null ? null : keyText(event.environmentId),
    record: JSON.stringify(event),
  }
  const text = textOf(dialect, 'insert event', () => transaction.insertInto('events').values(row))
  await transaction.executeQuery(CompiledQuery.raw(text, Object.values(row)))
  return { kind: 'event', id: String(event.seq) }
}
