import type { ReusableRecord, SavedService } from '../builds/reusable.ts'
import { savePointsAfter, type SaveWish } from '../builds/reuse/save-points.ts'
import type { Makings } from '../builds/reuse/makings.ts'
import { whatLedTo } from '../builds/reuse/what-led-to.ts'
import { isQaackError, messageOf } from '../errors.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import { Gate } from './gate.ts'
import { makingsOf } from './makings.ts'
import { saveAgain, saveServices, type SaveFacts, type Saving } from './save.ts'

type SaveWishes = SaveFacts['wishes']

/** Milliseconds that a service gets to become ready before it is saved: half of what it writes at its first start is worth nothing. */
const patience = 20_000
/** Milliseconds until what is under way elsewhere is not waited for any more: it may itself wait for what is kept back. */
const longestWait = 600_000

/**
 * How far the services of one build are, and what is saved of them on the way. Whatever is done in a service goes through the
 * gate, so that nothing is going on in any of them while they are saved.
 */
export class Progress {
  readonly gate = new Gate()
  readonly #saving: Saving
  readonly #startedFrom: ReusableRecord | null
  readonly #done = new Map<string, Pick<SavedService, 'steps' | 'code'>>()
  /** Services whose main process runs, but which are not ready yet. */
  readonly #starting = new Map<string, Promise<void>>()
  #makings: Promise<Makings> | undefined
  /** Milliseconds of steps since the last save. */
  #spent = 0
  #last: ReusableRecord | undefined

  constructor(saving: Saving, startedFrom: ReusableRecord | null) {
    this.#saving = saving
    this.#startedFrom = startedFrom
    for (const { name, steps, locked } of servicesOf(saving)) {
      const saved = startedFrom?.services.find((service) => service.name === name)
      this.#done.set(
        name,
        locked ? { steps, code: null } : { steps: saved?.steps ?? 0, code: saved?.code ?? null },
      )
    }
  }

  /** What a service began with; undefined for the image of the Qaackfile. */
  saved(service: string): SavedService | undefined {
    return this.#startedFrom?.services.find(({ name }) => name === service)
  }

  /** How many steps of a service are not to be run again. */
  skipped(service: Service): number {
    return this.#saving.build.start === 'reset'
      ? service.steps.length
      : (this.saved(service.name)?.steps ?? 0)
  }

  noteCode(service: string, code: NonNullable<SavedService['code']>): void {
    this.#done.set(service, { steps: this.#done.get(service)?.steps ?? 0, code })
  }

  /** Lets a main process go, then waits until its service is ready. Meanwhile it is known to be starting. */
  async starting(
    service: string,
    release: () => Promise<void>,
    ready: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    try {
      await this.gate.pass(async () => {
        this.#starting.set(service, promise)
        await release()
      }, signal)
      await ready()
    } finally {
      this.#starting.delete(service)
      resolve()
    }
  }

  /** The same for one that runs since it was created. */
  async running(service: string, ready: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#starting.set(service, promise)
    await ready().finally(() => {
      this.#starting.delete(service)
      resolve()
    })
  }

  /** A step has ended well, after `took` ms: saves where that is asked for. */
  async stepDone(service: Service, step: string, took: number, signal: AbortSignal): Promise<void> {
    const { steps, code } = this.#done.get(service.name) ?? { steps: 0, code: null }
    this.#done.set(service.name, { steps: steps + 1, code })
    this.#spent += took
    const finished = { service: service.name, step }
    try {
      if ((await this.#wishesAfter(finished)).length === 0) return
      await this.#whenStill(async (late) => {
        // Another service may have been saved meanwhile, and this one with it.
        const wishes = await this.#wishesAfter(finished)
        if (wishes.length > 0) await this.#save({ wishes, savePoint: finished }, late, signal)
      }, signal)
    } catch (error) {
      this.#sayNotSaved(error, signal)
    }
  }

  /** All steps of all services are done: keeps what the environment can be reset to. It may have been saved just now. */
  async keepForReset(signal: AbortSignal): Promise<void> {
    const wish = { purpose: 'reset', label: null } as const
    try {
      await this.#whenStill(async (late) => {
        if (!this.#last || !this.#isComplete(this.#last))
          return this.#save({ wishes: [wish], savePoint: null }, late, signal)
        await saveAgain(this.#saving, this.#last, wish)
        this.#saving.output.heading('the environment can be reset to what was saved last')
      }, signal)
    } catch (error) {
      this.#sayNotSaved(error, signal)
    }
  }

  /** Saving is a service to later builds: that it does not work is no reason to fail this one. */
  #sayNotSaved(error: unknown, signal: AbortSignal): void {
    signal.throwIfAborted()
    if (isQaackError(error, 'engine_unavailable')) throw error
    this.#saving.output.heading(`nothing was saved: ${messageOf(error)}`)
    this.#saving.parts.logger.warn({ err: error, build: this.#saving.build.id }, 'nothing was saved')
  }

  /** Does work while nothing is done in any service; is told of those that are starting and do not become ready. */
  async #whenStill(work: (late: string[]) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#saving.parts
    const until = clock.now() + patience
    const late = `other services had something to do for more than ${longestWait / 60_000} minutes`
    for (;;) {
      await this.#settled(until - clock.now(), signal)
      const limit = clock.deadline(longestWait, new Error(late), signal)
      const isDone = await this.gate
        .alone(async () => {
          limit.clear()
          // One more was let go before everything stood still.
          if (this.#starting.size > 0 && clock.now() < until) return false
          await work([...this.#starting.keys()])
          return true
        }, limit.signal)
        .finally(() => limit.clear())
      if (isDone) return
    }
  }

  async #save(
    what: { wishes: SaveWishes; savePoint: ReusableRecord['savePoint'] },
    late: string[],
    signal: AbortSignal,
  ): Promise<void> {
    if (late.length > 0) {
      const names = `${late.join(', ')} ${late.length === 1 ? 'is' : 'are'}`
      this.#saving.output.heading(`not saved: ${names} not ready yet, so what is in there may be half done`)
      return
    }
    const made = await this.#made()
    const saved = await saveServices({ ...this.#saving, signal }, { ...what, made, done: this.#done })
    this.#spent = 0
    this.#last = saved?.[0] ?? this.#last
  }

  async #wishesAfter(finished: { service: string; step: string }): Promise<SaveWish[]> {
    const { parts, plan } = this.#saving
    const { qaackfile, environment, source, mirror } = plan
    const { type, name } = environment.ref
    const given = {
      qaackfile,
      finished,
      build: {
        environmentId: environment.id,
        ref: { type, name },
        target: source.target?.name ?? source.change?.Target ?? null,
        defaultBranch: null,
        trusted: source.trusted,
      },
      startedFrom: this.#startedFrom,
      spent: this.#spent,
      made: {},
      saved: [],
    }
    // Mostly nothing is to be saved, whatever there is: then what it is compared by is not worth the time.
    if (savePointsAfter(given).length === 0) return []
    const [defaultBranch, made, saved] = await Promise.all([
      mirror.defaultBranch(),
      this.#made(),
      parts.store.list('reusable', { repositoryId: plan.repository.id, status: 'ready' }),
    ])
    return savePointsAfter({ ...given, build: { ...given.build, defaultBranch }, made, saved })
  }

  async #made(): Promise<Record<string, string>> {
    const { parts, plan, signal } = this.#saving
    this.#makings ??= makingsOf(parts, plan, new Map(), signal)
    const done = Object.fromEntries([...this.#done].map(([name, { steps }]) => [name, steps]))
    return whatLedTo(await this.#makings, done, this.#startedFrom)
  }

  /** Waits for those that are starting, but no longer than so many ms. */
  async #settled(longest: number, signal: AbortSignal): Promise<void> {
    if (this.#starting.size === 0) return
    const enough = new AbortController()
    const late = this.#saving.parts.clock.sleep(longest, AbortSignal.any([signal, enough.signal]))
    await Promise.race([Promise.all(this.#starting.values()), late])
    enough.abort()
    signal.throwIfAborted()
  }

  #isComplete({ services }: ReusableRecord): boolean {
    return servicesOf(this.#saving).every(
      ({ name, steps }) => (services.find((saved) => saved.name === name)?.steps ?? 0) >= steps,
    )
  }
}

function servicesOf({ plan }: Saving): { name: string; steps: number; locked: boolean }[] {
  const locked = new Set(plan.environment.services.filter((one) => one.locked).map(({ name }) => name))
  return plan.qaackfile.services.map(({ name, steps }) => ({
    name,
    steps: steps.length,
    locked: locked.has(name),
  }))
}
