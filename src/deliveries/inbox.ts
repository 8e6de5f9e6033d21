import { isQaackError } from '../errors.ts'
import { isHostFailure } from '../hosts/failure.ts'
import type { Parts } from '../parts.ts'
import { Conflict, type Change, type DeliveryRecord } from '../stores/store.ts'
import { afterFailure, lineOf } from './decide.ts'
import {
  ended,
  endOfUnread,
  hasOwnId,
  isRead,
  noteOfEnd,
  recordOf,
  type Call,
  type End,
  type HandleEvent,
  type Waiting,
} from './delivery.ts'
import { Lines } from './lines.ts'
import { findAbandoned, forgetOld } from './old.ts'
import { Rush } from './rush.ts'
import { Tally, type DeliveryCount } from './tally.ts'
import { translate } from './translate.ts'
import { noteWaiting, repositoryIdOf } from './waiting.ts'

export type { Call, HandleEvent } from './delivery.ts'

/** Repositories whose deliveries are handled at once. */
const atOnce = 8
/** Deliveries that are held in memory until their turn comes; those beyond are read from the store. */
const held = 256
/** Deliveries that are begun with at once when no calls come in. */
const begunAtOnce = 16
/** Milliseconds between two looks at what was left behind, and what is old. */
const lookTime = 30_000

/**
 * Deliveries of all hosts: of each it is kept what it means before its call is answered, that there is nothing to do
 * included. What there is to do is done beside the answer, in the order of receipt within its repository. One whose
 * handling failed for now is tried again later and holds up no other.
 */
export class Inbox {
  readonly #parts: Parts
  readonly #handle: HandleEvent
  readonly #lines = new Lines(atOnce)
  /** Ids of all that this process has to do with, each with the repository that its call was addressed to. */
  readonly #known = new Map<string, string | null>()
  readonly #waiting: Waiting[] = []
  #beginning = false
  /** Repositories with a call addressed to them whose handling has not begun: it stands for all that come till then. */
  readonly #called = new Set<string>()
  readonly #tally = new Tally()
  readonly #rush: Rush

  constructor(parts: Parts, handle: HandleEvent) {
    this.#parts = parts
    this.#handle = handle
    this.#rush = new Rush(parts.clock, parts.ending)
  }

  /** Takes up what was kept before, and from then on looks for what another server left behind, until `signal` fires. */
  start(signal: AbortSignal): void {
    const { background, clock, logger } = this.#parts
    background.run('taking up deliveries', () => this.resume())
    const failed = (error: unknown) => logger.warn({ err: error }, 'old deliveries could not be looked at')
    clock.every(lookTime, () => this.#look(), signal, failed)
  }

  /** Resolves when the call is kept, or was before. Fails as the store does: then the host has to send it again. */
  receive(call: Call): Promise<'kept' | 'again'> {
    const { host, repositoryId = null } = call
    if (repositoryId !== null && this.#called.has(repositoryId)) return Promise.resolve(this.#again(host))
    const meaning = translate(this.#parts, call)
    const record = recordOf(call, meaning, this.#parts.clock.now())
    return this.#receive(record, 'events' in meaning ? undefined : meaning)
  }

  /** Takes up all that waits, e.g. since the process before this one ended. */
  async resume(): Promise<void> {
    for (const id of await this.#parts.store.ids('delivery', { status: 'waiting' }))
      if (!this.#known.has(id)) this.#takeUp(id)
  }

  /** How many deliveries ended how, since the start of this process. */
  counts(): DeliveryCount[] {
    return this.#tally.list()
  }

  async #receive(record: DeliveryRecord, end: End | undefined): Promise<'kept' | 'again'> {
    const { id, repositoryId } = record
    if (!end) {
      this.#known.set(id, repositoryId)
      this.#rush.came()
    }
    try {
      await this.#keep({ insert: 'delivery', record }, end)
    } catch (error) {
      this.#forget(id)
      if (error instanceof Conflict) return this.#receiveAgain(record, end)
      throw error
    }
    if (end) return 'kept'
    if (repositoryId !== null) this.#called.add(repositoryId)
    this.#takeUp(id, record)
    return 'kept'
  }

  /** One that was given up is wanted once more if somebody sends it once more; nothing else is done twice. */
  async #receiveAgain(record: DeliveryRecord, end: End | undefined): Promise<'kept' | 'again'> {
    const { host, deliveryId } = record
    const [before] = await this.#parts.store.list('delivery', { host, deliveryId })
    if (before?.status !== 'failed') return this.#again(host)
    const { id, version } = before
    try {
      await this.#keep({ save: 'delivery', record: { ...record, id, version } }, end)
    } catch (error) {
      if (error instanceof Conflict) return this.#again(host)
      throw error
    }
    if (!end) this.#takeUp(id)
    return 'kept'
  }

  /** Writes it down, with the decision where there is nothing to do. */
  async #keep(first: Extract<Change, { record: DeliveryRecord }>, end: End | undefined): Promise<void> {
    const { record } = first
    await this.#parts.store.commit(end ? [first, noteOfEnd(this.#parts, record, end)] : [first])
    if (end) this.#tally.add(record.host, end.outcome)
  }

  #again(host: string): 'again' {
    this.#tally.add(host, 'again')
    return 'again'
  }

  async #look(): Promise<void> {
    for (const id of await findAbandoned(this.#parts, this.#known)) this.#takeUp(id)
    await forgetOld(this.#parts)
  }

  #takeUp(id: string, record?: DeliveryRecord): void {
    this.#known.set(id, record?.repositoryId ?? null)
    this.#waiting.push({ id, record: this.#waiting.length < held ? record : undefined })
    if (this.#beginning) return
    this.#beginning = true
    this.#parts.background.run('beginning with deliveries', () => this.#beginAll())
  }

  async #beginAll(): Promise<void> {
    for (;;) {
      // Answering goes first.
      const isRush = await this.#rush.letIn()
      const next = this.#parts.ending.aborted ? [] : this.#waiting.splice(0, isRush ? 1 : begunAtOnce)
      if (next.length === 0) {
        this.#beginning = false
        return
      }
      // All are there before the first is begun with: they stay in their order.
      const kept = await Promise.all(next.map((one) => this.#kept(one)))
      for (const [at, { id }] of next.entries()) this.#begin(id, kept[at])
    }
  }

  /** What cannot be read now is known no more, so that a later look finds it. */
  async #kept({ id, record }: Waiting): Promise<DeliveryRecord | undefined> {
    try {
      return record ?? (await this.#parts.store.get('delivery', id))
    } catch (error) {
      this.#parts.logger.error({ err: error, delivery: id }, 'a delivery could not be read')
      return undefined
    }
  }

  #begin(id: string, record: DeliveryRecord | undefined): void {
    if (record?.status !== 'waiting') return this.#forget(id)
    if (isRead(record)) return this.#queue(record, 1)
    const giveUp = () => this.#end({ ...record, events: [] }, endOfUnread).finally(() => this.#forget(id))
    this.#parts.background.run(`delivery ${record.deliveryId}`, giveUp)
  }

  #queue(record: DeliveryRecord, tries: number): void {
    const line = lineOf(record.host, record.repositoryId, record.events)
    this.#parts.background.run(`delivery ${record.deliveryId}`, () =>
      this.#lines.add(line, () => this.#act(record, tries)),
    )
  }

  /** `tries` counts this one. */
  async #act(record: DeliveryRecord, tries: number): Promise<void> {
    if (record.repositoryId !== null) this.#called.delete(record.repositoryId)
    // It stays waiting in the store, for the next start.
    if (this.#parts.ending.aborted) return
    try {
      const decisions: string[] = []
      for (const event of record.events)
        decisions.push(
          await this.#handle(this.#parts, record.host, event, record.repositoryId, record.deliveryId),
        )
      const reason = [...new Set(decisions)].join('; ') || 'nothing to do'
      await this.#end(record, { outcome: 'done', reason })
    } catch (error) {
      await this.#failed(record, tries, error).catch((failure: unknown) => {
        this.#forget(record.id)
        throw failure
      })
    }
  }

  async #failed(record: DeliveryRecord, tries: number, error: unknown): Promise<void> {
    const { clock, logger, ending } = this.#parts
    if (ending.aborted) return
    const { event, deliveryId } = record
    const facts = { event, delivery: deliveryId, try: tries }
    const isOurs = !isQaackError(error) && !isHostFailure(error)
    if (isOurs) logger.error({ ...facts, err: error }, 'a delivery failed')
    const now = clock.now()
    const next = afterFailure(error, tries, now)
    if (next.kind === 'refused')
      return this.#end(record, { outcome: 'ignored', reason: `not possible: ${next.why}` })
    if (next.kind === 'failed')
      return this.#end(record, { outcome: 'failed', reason: `given up after ${tries} tries: ${next.why}` })
    logger.warn({ ...facts, error: next.why }, 'a delivery is tried again later')
    const waiting = await noteWaiting(this.#parts, record, next.why)
    void clock.sleep(next.at - clock.now(), ending).then(() => this.#queue(waiting, tries + 1))
  }

  /** Writes down what was decided; of two servers that worked on the same delivery only one does. */
  async #end(record: DeliveryRecord, end: End): Promise<void> {
    const { id, version } = record
    const repositoryId = await repositoryIdOf(this.#parts, record)
    const last: Change = hasOwnId(record)
      ? { save: 'delivery', record: ended(record, end) }
      : { remove: 'delivery', id, version }
    try {
      await this.#parts.store.commit([last, noteOfEnd(this.#parts, { ...record, repositoryId }, end)])
      this.#tally.add(record.host, end.outcome)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
    }
    this.#forget(id)
  }

  #forget(id: string): void {
    const repositoryId = this.#known.get(id) ?? null
    this.#known.delete(id)
    if (repositoryId !== null) this.#called.delete(repositoryId)
  }
}
