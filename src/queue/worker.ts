import type { BuildRecord } from '../builds/build.ts'
import { runBuild, Taken } from '../builds/run.ts'
import { change } from '../environments/lifecycle.ts'
import { decideClaim, decideHandBack, type Running } from '../environments/outcome.ts'
import type { Parts } from '../parts.ts'
import { QaackError } from '../errors.ts'
import { lapsed, selectNext, type Slots } from './select.ts'

/** Milliseconds for which a worker is believed to live without news, and between two pieces of news. */
const leaseTime = 30_000
const renewTime = 10_000
/** A slow look behind the wake-up calls, for leases that lapse and for what another server queued. */
const lookTime = 2_000

/** Takes builds from the queue, which is the store, and runs them, as many at once as there are slots. */
export class Worker {
  readonly #parts: Parts
  readonly #owner: string
  readonly #slots: Slots
  readonly #running = new Map<string, { build: BuildRecord; stop: AbortController; done: Promise<void> }>()
  readonly #ending = new AbortController()
  #looking = false
  #looked: Promise<void> = Promise.resolve()
  #lookAgain = false
  #unwatch: () => void = () => undefined

  constructor(parts: Parts, options: { owner: string; slots: Slots }) {
    this.#parts = parts
    this.#owner = options.owner
    this.#slots = options.slots
  }

  /** Begins to take work. `alone`: no other server shares the store, so every lease there is belongs to the dead. */
  async start(options: { alone: boolean }): Promise<void> {
    const { clock, store, logger } = this.#parts
    if (options.alone)
      await this.#handBackAll((build) => build.status === 'running', 'the server was restarted')
    const failed = (error: unknown) => logger.error({ err: error }, 'the queue could not be looked at')
    clock.every(lookTime, () => this.#look(), this.#ending.signal, failed)
    clock.every(renewTime, () => this.#renew(), this.#ending.signal, failed)
    this.#unwatch = store.watch((committed) => {
      if (committed.kind === 'build') void this.#look().catch(failed)
    })
    await this.#look()
  }

  /** Takes no more, hands back what runs without counting it as a lapse, and resolves when all has ended. */
  async stop(): Promise<void> {
    this.#ending.abort()
    this.#unwatch()
    await this.#looked
    const running = [...this.#running.values()]
    for (const { stop } of running) stop.abort(new Taken('the server is being stopped'))
    await Promise.all(running.map(({ done }) => done))
    const ours = new Set(running.map(({ build }) => build.id))
    await this.#handBackAll((build) => ours.has(build.id), 'the server was restarted')
  }

  /** One look at a time; a wake-up during one causes one more. */
  async #look(): Promise<void> {
    if (this.#looking) {
      this.#lookAgain = true
      return
    }
    this.#looking = true
    const looked = Promise.withResolvers<void>()
    this.#looked = looked.promise
    try {
      do {
        this.#lookAgain = false
        await this.#takeAll()
      } while (this.#lookAgain)
    } finally {
      this.#looking = false
      looked.resolve()
    }
  }

  async #takeAll(): Promise<void> {
    for (;;) {
      const builds = await this.#parts.store.list('build', { status: ['waiting', 'running'] })
      this.#abortTaken(builds)
      // What runs here lives, even if its news could not be written for a while.
      const lost = lapsed(builds, this.#parts.clock.now()).filter(({ id }) => !this.#running.has(id))
      for (const build of lost) await this.#handBack(build, "Qaack's worker was lost", true)
      if (this.#ending.signal.aborted) return
      // A build goes through the queue twice, once for each stage; the first run may not have left yet.
      const takeable = builds.filter(({ id, status }) => status === 'running' || !this.#running.has(id))
      const next = selectNext(takeable, this.#slots)
      if (!next) return
      await this.#take(next)
    }
  }

  /** A build that was ended or handed on by somebody else is not ours any more. */
  #abortTaken(builds: BuildRecord[]): void {
    for (const [id, { build, stop }] of this.#running) {
      const now = builds.find((candidate) => candidate.id === id)
      const ours =
        now?.status === 'running' && now.lease?.owner === this.#owner && now.generation === build.generation
      if (!ours) stop.abort(new Taken('it was cancelled or replaced'))
    }
  }

  async #take(next: BuildRecord): Promise<void> {
    const lease = { owner: this.#owner, until: this.#parts.clock.now() + leaseTime }
    const claimed = await this.#changeBuild(next, (s) =>
      s.build.status === 'waiting' && s.build.stage === next.stage ? decideClaim(s, lease) : undefined,
    )
    const build = claimed ? await this.#parts.store.get('build', next.id) : undefined
    if (build?.status !== 'running' || build.lease?.owner !== this.#owner) return
    if (this.#ending.signal.aborted) return this.#handBack(build, 'the server was restarted', false)
    const stop = new AbortController()
    const done = runBuild(this.#parts, build, stop.signal)
      .catch((error: unknown) =>
        this.#parts.logger.error({ err: error, build: build.id }, 'a build could not be ended'),
      )
      .finally(() => {
        this.#running.delete(build.id)
        void this.#look().catch(() => undefined)
      })
    this.#running.set(build.id, { build, stop, done })
  }

  async #renew(): Promise<void> {
    for (const [id, { stop }] of this.#running) {
      const build = await this.#parts.store.get('build', id)
      if (build?.status !== 'running' || build.lease?.owner !== this.#owner) {
        stop.abort(new Taken('it was cancelled or replaced'))
        continue
      }
      const until = this.#parts.clock.now() + leaseTime
      // A conflict means that somebody decided something just now; the next round sees what.
      await this.#parts.store
        .commit([{ save: 'build', record: { ...build, lease: { owner: this.#owner, until } } }])
        .catch(() => undefined)
    }
  }

  async #handBackAll(which: (build: BuildRecord) => boolean, why: string): Promise<void> {
    const builds = await this.#parts.store.list('build', { status: 'running' })
    for (const build of builds.filter(which)) await this.#handBack(build, why, false)
  }

  /** One that cannot be handed back must not keep the others waiting; the next look tries again. */
  async #handBack(lost: BuildRecord, why: string, counts: boolean): Promise<void> {
    try {
      await this.#changeBuild(lost, (s) => {
        const same = s.build.status === 'running' && s.build.lease?.until === lost.lease?.until
        return same ? decideHandBack(s, why, counts) : undefined
      })
    } catch (error) {
      this.#parts.logger.error({ err: error, build: lost.id }, 'a build could not be handed back')
    }
  }

  /** False if the build or its environment is gone. */
  async #changeBuild(
    build: BuildRecord,
    decide: (s: Running) => ReturnType<typeof decideClaim> | undefined,
  ): Promise<boolean> {
    try {
      await change(this.#parts, build.environmentId, (s) =>
        s.build?.id === build.id ? decide({ ...s, build: s.build }) : undefined,
      )
      return true
    } catch (error) {
      if (error instanceof QaackError && error.code === 'not_found') return false
      throw error
    }
  }
}
