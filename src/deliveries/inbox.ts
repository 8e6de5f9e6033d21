import { isQaackError } from '../errors.ts'
import { noteOf } from '../events/note.ts'
import type { HostEvent } from '../hosts/event.ts'
import { isHostFailure } from '../hosts/failure.ts'
import type { Parts } from '../parts.ts'
import type { RepositoryType } from '../repositories/repository.ts'
import { Conflict, type Change, type DeliveryRecord } from '../stores/store.ts'
import { afterFailure, hostKeyOf, lineOf, sentenceOf } from './decide.ts'
import { hasOwnId, hostOf, recordOf, type Call, type ReadDelivery, type Unread } from './delivery.ts'
import { Lines } from './lines.ts'
import { findAbandoned, forgetOld } from './old.ts'
import { Rush } from './rush.ts'
import { eventKinds, Tally, type DeliveryCount, type DeliveryOutcome } from './tally.ts'
import { translate } from './translate.ts'

export type { Call } from './delivery.ts'

/** Does what an event asks for; may run twice, at once with itself, and late. Returns the decision, as a sentence. */
export type HandleEvent = (
  parts: Parts,
  host: RepositoryType,
  event: HostEvent,
  repositoryId: string | null,
) => Promise<string>

/** Repositories whose deliveries are handled at once. */
const atOnce = 8
/** Deliveries whose payload is held in memory until they are read; those beyond are read from the store. */
const heldPayloads = 64
/** Deliveries that are read at once when no calls come in. */
const readAtOnce = 16
/** Milliseconds between two looks at what was left behind, and what is old. */
const lookTime = 30_000

/**
 * Deliveries of all hosts: each is kept before its call is answered, then read and handled beside the answer, in the
 * order of receipt within its repository. One whose handling failed for now is tried again later and holds up no other.
 */
export class Inbox {
  readonly #parts: Parts
  readonly #handle: HandleEvent
  readonly #lines = new Lines(atOnce)
  /** Ids of all that this process has to do with, each with the repository that its call was addressed to. */
  readonly #known = new Map<string, string | null>()
  readonly #unread: Unread[] = []
  #reading = false
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
  async receive(call: Call): Promise<'kept' | 'again'> {
    const { repositoryId = null } = call
    if (repositoryId !== null && this.#called.has(repositoryId)) return this.#again(call.host)
    const record = recordOf(call, this.#parts.clock.now())
    this.#known.set(record.id, repositoryId)
    this.#rush.came()
    try {
      await this.#parts.store.commit([{ insert: 'delivery', record }])
    } catch (error) {
      this.#forget(record.id)
      if (error instanceof Conflict) return this.#receiveAgain(record)
      throw error
    }
    if (repositoryId !== null) this.#called.add(repositoryId)
    this.#takeUp(record.id, record)
    return 'kept'
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

  /** One that was given up is wanted once more if somebody sends it once more; nothing else is done twice. */
  async #receiveAgain(record: DeliveryRecord): Promise<'kept' | 'again'> {
    const { host, deliveryId } = record
    const [before] = await this.#parts.store.list('delivery', { host, deliveryId })
    if (before?.status !== 'failed') return this.#again(host)
    const { id, version } = before
    try {
      await this.#parts.store.commit([{ save: 'delivery', record: { ...record, id, version } }])
    } catch (error) {
      if (error instanceof Conflict) return this.#again(host)
      throw error
    }
    this.#takeUp(id)
    return 'kept'
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
    this.#unread.push({ id, record: this.#unread.length < heldPayloads ? record : undefined })
    if (this.#reading) return
    this.#reading = true
    this.#parts.background.run('reading deliveries', () => this.#readAll())
  }

  async #readAll(): Promise<void> {
    for (;;) {
      // Answering goes first.
      const isRush = await this.#rush.letIn()
      const next = this.#parts.ending.aborted ? [] : this.#unread.splice(0, isRush ? 1 : readAtOnce)
      if (next.length === 0) {
        this.#reading = false
        return
      }
      // All are there before the first is begun with: they stay in their order.
      const kept = await Promise.all(next.map((one) => this.#kept(one)))
      await Promise.all(next.map(({ id }, at) => this.#read(id, kept[at]).catch(this.#unreadable(id))))
    }
  }

  async #kept({ id, record }: Unread): Promise<DeliveryRecord | undefined> {
    return record ?? this.#parts.store.get('delivery', id).catch(this.#unreadable(id))
  }

  /** What cannot be read now is known no more, so that a later look finds it. */
  #unreadable(id: string): (error: unknown) => undefined {
    return (error) => {
      this.#forget(id)
      this.#parts.logger.error({ err: error, delivery: id }, 'a delivery could not be read')
    }
  }

  async #read(id: string, kept: DeliveryRecord | undefined): Promise<void> {
    if (kept?.status !== 'waiting') return this.#forget(id)
    const record = { ...kept, payload: '' }
    const received = translate(this.#parts, kept)
    if ('events' in received) return this.#queue({ record, events: received.events, tries: 0 })
    const [outcome, reason] =
      'ignored' in received
        ? (['ignored', `ignored: ${received.ignored}`] as const)
        : (['failed', `its payload cannot be read: ${received.fault}`] as const)
    return this.#end({ record, events: [], tries: 0 }, outcome, reason)
  }

  #queue(delivery: ReadDelivery): void {
    const { record, events } = delivery
    const { background } = this.#parts
    const line = lineOf(hostOf(record), record.repositoryId, events)
    background.run(`delivery ${record.deliveryId}`, () =>
      this.#lines.add(line, () => this.#act({ ...delivery, tries: delivery.tries + 1 })),
    )
  }

  async #act(delivery: ReadDelivery): Promise<void> {
    const { record, events } = delivery
    if (record.repositoryId !== null) this.#called.delete(record.repositoryId)
    // It stays waiting in the store, for the next start.
    if (this.#parts.ending.aborted) return
    try {
      const decisions: string[] = []
      for (const event of events)
        decisions.push(await this.#handle(this.#parts, hostOf(record), event, record.repositoryId))
      await this.#end(delivery, 'done', [...new Set(decisions)].join('; ') || 'nothing to do')
    } catch (error) {
      await this.#failed(delivery, error).catch((failure: unknown) => {
        this.#forget(record.id)
        throw failure
      })
    }
  }

  async #failed(delivery: ReadDelivery, error: unknown): Promise<void> {
    const { clock, logger, ending } = this.#parts
    if (ending.aborted) return
    const { event, deliveryId } = delivery.record
    const facts = { event, delivery: deliveryId, try: delivery.tries }
    const isOurs = !isQaackError(error) && !isHostFailure(error)
    if (isOurs) logger.error({ ...facts, err: error }, 'a delivery failed')
    const now = clock.now()
    const next = afterFailure(error, delivery.tries, now)
    if (next.kind === 'refused') return this.#end(delivery, 'ignored', `not possible: ${next.why}`)
    if (next.kind === 'failed')
      return this.#end(delivery, 'failed', `given up after ${delivery.tries} tries: ${next.why}`)
    logger.warn({ ...facts, error: next.why }, 'a delivery is tried again later')
    void clock.sleep(next.at - now, ending).then(() => this.#queue(delivery))
  }

  /** Writes down what was decided; of two servers that worked on the same delivery only one does. */
  async #end(
    { record, events }: ReadDelivery,
    outcome: Exclude<DeliveryOutcome, 'again'>,
    reason: string,
  ): Promise<void> {
    const { id, version } = record
    const repositoryId = record.repositoryId ?? (await this.#repositoryOf(hostOf(record), events))
    const about = repositoryId === null ? {} : { repositoryId }
    const status = outcome === 'failed' ? 'failed' : 'done'
    const last: Change = hasOwnId(record)
      ? { save: 'delivery', record: { ...record, status, reason } }
      : { remove: 'delivery', id, version }
    const event = noteOf(this.#parts, eventKinds[outcome], sentenceOf(record, reason), about)
    try {
      await this.#parts.store.commit([last, event])
      this.#tally.add(hostOf(record), outcome)
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

  async #repositoryOf(host: string, events: HostEvent[]): Promise<string | null> {
    const hostKey = hostKeyOf(host, events)
    if (hostKey === null) return null
    const [repository] = await this.#parts.store.list('repository', { hostKey })
    return repository?.id ?? null
  }
}
