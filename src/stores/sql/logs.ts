import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { SqlDialect } from './dialect.ts'
import type { Tables } from './tables.ts'
import { escapeText, keyText, unescapeText } from './text.ts'

export interface Logs {
  append(logId: string, text: string): Promise<void>
  read(logId: string, offset?: number, limit?: number): Promise<{ text: string; start: number; end: number }>
  /** Resolves when nothing waits to be written. */
  idle(): Promise<void>
}

/** Longest chunk: what a reader of a small part has to decode at most. */
const chunkLength = 65_536

/**
 * While one piece of a log is being written, what comes meanwhile is gathered and written as one: the order is kept
 * without a lock in the database, and a build that prints many lines at once costs few writes.
 */
export function createLogs(db: Kysely<Tables>, dialect: SqlDialect): Logs {
  const writing = new Map<string, Promise<void>>()
  const waiting = new Map<string, { texts: string[]; done: Promise<void> }>()

  function append(logId: string, text: string): Promise<void> {
    const joined = waiting.get(logId)
    if (joined) {
      joined.texts.push(text)
      return joined.done
    }
    const before = writing.get(logId)
    if (!before) return begin(logId, [text])
    const texts = [text]
    const next = () => {
      waiting.delete(logId)
      return begin(logId, texts)
    }
    const done = before.then(next, next)
    waiting.set(logId, { texts, done })
    return done
  }

  function begin(logId: string, texts: string[]): Promise<void> {
    const done = writeLog(db, dialect, logId, texts.join('')).finally(() => {
      if (writing.get(logId) === done) writing.delete(logId)
    })
    writing.set(logId, done)
    return done
  }

  async function idle(): Promise<void> {
    const all = [...writing.values(), ...[...waiting.values()].map((one) => one.done)]
    await Promise.allSettled(all)
  }

  return { append, idle, read: (logId, offset, limit) => readLog(db, logId, offset, limit) }
}

async function writeLog(db: Kysely<Tables>, dialect: SqlDialect, logId: string, text: string): Promise<void> {
  for (let from = 0; from < text.length; from += chunkLength) {
    await writeChunk(db, dialect, logId, text.slice(from, from + chunkLength))
  }
}

/** Another process may append to the same log: then the place is taken, and the chunk goes behind. */
async function writeChunk(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  logId: string,
  text: string,
): Promise<void> {
  for (;;) {
    try {
      return await insertChunk(db, keyText(logId), text)
    } catch (error) {
      if (dialect.explain(error) !== 'unique') throw error
    }
  }
}

async function insertChunk(db: Kysely<Tables>, key: string, text: string): Promise<void> {
  await db
    .insertInto('log_chunks')
    .columns(['log_id', 'start', 'length', 'text'])
    .expression(
      db.selectNoFrom((column) => [
        column.val(key).as('log_id'),
        column.fn.coalesce(endOf(db, key), sql<number>`0`).as('start'),
        sql<number>`cast(${text.length} as bigint)`.as('length'),
        column.val(escapeText(text)).as('text'),
      ]),
    )
    .execute()
}

/** Where the log ends: the end of its last chunk. */
function endOf(db: Kysely<Tables>, key: string) {
  return db
    .selectFrom('log_chunks')
    .select((column) => column('start', '+', column.ref('length')).as('end'))
    .where('log_id', '=', key)
    .orderBy('start', 'desc')
    .limit(1)
}

async function readLog(db: Kysely<Tables>, logId: string, offset = 0, limit = Infinity) {
  const key = keyText(logId)
  const total = Number((await endOf(db, key).executeTakeFirst())?.end ?? 0)
  const start = Math.min(offset < 0 ? Math.max(0, total + offset) : offset, total)
  const end = Math.min(total, start + Math.max(0, limit))
  if (start === end) return { text: '', start, end }
  const chunks = await db
    .selectFrom('log_chunks')
    .select(['start', 'text'])
    .where('log_id', '=', key)
    .where('start', '>=', chunkAt(db, key, start))
    .where('start', '<', end)
    .orderBy('start')
    .execute()
  const text = chunks.map((chunk) => unescapeText(chunk.text)).join('')
  const skipped = start - Number(chunks[0]?.start ?? start)
  return { text: text.slice(skipped, skipped + end - start), start, end }
}

/** Start of the chunk that holds the character at `offset`. */
function chunkAt(db: Kysely<Tables>, key: string, offset: number) {
  return db
    .selectFrom('log_chunks')
    .select((column) => column.fn.max('start').as('start'))
    .where('log_id', '=', key)
    .where('start', '<=', offset)
}
