import type { Parts } from '../parts.ts'
import { Conflict } from '../stores/store.ts'
import { emptyReport, type ReportRecord } from './report.ts'

/** Milliseconds for which a publisher is believed to live without news, and between two pieces of news. */
const leaseTime = 30_000
const renewTime = 10_000

/** What was published of a change, held by one publisher at a time, here or on another server. */
export class ReportBook {
  readonly #parts: Parts
  readonly #owner: string
  readonly #closed = new AbortController()
  #record: ReportRecord
  #lost = false
  #saving: Promise<void> = Promise.resolve()

  /** Undefined while somebody else publishes this change. */
  static async open(parts: Parts, changeId: string, owner: string): Promise<ReportBook | undefined> {
    const known = await parts.store.get('report', changeId)
    const now = parts.clock.now()
    if (known?.lease && known.lease.owner !== owner && known.lease.until > now) return undefined
    const record = { ...(known ?? emptyReport(changeId)), lease: { owner, until: now + leaseTime } }
    const isTaken = await written(parts, known ? { save: 'report', record } : { insert: 'report', record })
    return isTaken ? new ReportBook(parts, owner, { ...record, version: record.version + 1 }) : undefined
  }

  private constructor(parts: Parts, owner: string, record: ReportRecord) {
    this.#parts = parts
    this.#owner = owner
    this.#record = record
    const failed = (error: unknown) =>
      parts.logger.warn({ err: error, change: record.id }, 'the right to publish could not be renewed')
    parts.clock.every(renewTime, async () => void (await this.save({})), this.#closed.signal, failed)
  }

  get record(): ReportRecord {
    return this.#record
  }

  /** Writes down what is new, and that we live; false if the book is somebody else's now. */
  async save(news: Partial<ReportRecord>): Promise<boolean> {
    const saving = this.#saving.then(() => this.#save(news))
    this.#saving = saving.catch(() => undefined)
    await saving
    return !this.#lost
  }

  /** Writes down how it ended, and leaves the book to whoever wants it. */
  async close(end: Partial<ReportRecord>): Promise<void> {
    this.#closed.abort()
    await this.save({ ...end, lease: null })
  }

  async #save(news: Partial<ReportRecord>): Promise<void> {
    if (this.#lost) return
    const lease = { owner: this.#owner, until: this.#parts.clock.now() + leaseTime }
    const record = { ...this.#record, lease, ...news }
    const isOurs = await written(this.#parts, { save: 'report', record })
    if (isOurs) this.#record = { ...record, version: record.version + 1 }
    else this.#lost = true
  }
}

/** False if somebody else wrote it meanwhile, or the change is not known any more. */
async function written(
  { store }: Parts,
  change: { save: 'report'; record: ReportRecord } | { insert: 'report'; record: ReportRecord },
): Promise<boolean> {
  try {
    await store.commit([change])
    return true
  } catch (error) {
    if (error instanceof Conflict) return false
    throw error
  }
}
