import { letGoText, untilLetGo, type RunningStep } from '../builds/reuse/let-go.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import { orAborted } from '../builds/together.ts'
import type { Saving } from './save.ts'

/** What keeps start commands back until all that is to be saved before them is done. */
export interface Hold {
  /** Runs a step, which is known to be going on meanwhile. */
  during<T>(step: RunningStep, work: () => Promise<T>): Promise<T>
  /** Nothing more is to be done in a service but to let its main process go. */
  done(service: string): void
  /** Resolves when that may go: all is saved that is to be, or a step seems to wait for it. */
  wait(service: string, signal: AbortSignal): Promise<void>
  /** Resolves when all is saved that is to be, also where no start command waits for it. */
  kept(signal: AbortSignal): Promise<void>
}

/**
 * Where an environment can be reset, what it is reset to is kept before the main processes begin to work on it: each of them is
 * held back until all steps are done and the rest is ready, but for those that some service with steps waits for.
 */
export function holdFor({ parts, plan, build, output }: Saving, keep: () => Promise<void>): Hold {
  const { qaackfile, repository } = plan
  const { clock } = parts
  if (!repository.settings.reset || build.start === 'reset') return noHold
  const held = heldBack(qaackfile.services)
  // What is behind one that is held back has nothing to do, and does not begin before that.
  const late = behind(qaackfile.services, held)
  const awaited = new Set(qaackfile.services.filter(({ name }) => !late.has(name)).map(({ name }) => name))
  const kept = Promise.withResolvers<void>()
  // Whoever waits hears of it; while nobody does yet, a failure must not end the server.
  kept.promise.catch(() => undefined)
  const running = new Set<RunningStep>()
  let changedAt = clock.now()
  let isKept = false
  const patience = () => untilLetGo({ running: [...running], changedAt, now: clock.now() })
  return {
    async during(step, work) {
      running.add(step)
      changedAt = clock.now()
      try {
        return await work()
      } finally {
        running.delete(step)
        changedAt = clock.now()
      }
    },
    done(service) {
      if (!awaited.delete(service) || awaited.size > 0) return
      keep()
        .finally(() => (isKept = true))
        .then(kept.resolve, kept.reject)
    },
    async wait(service, signal) {
      if (!held.has(service)) return
      changedAt = clock.now()
      for (let left = patience(); left > 0; left = patience()) {
        const enough = new AbortController()
        const late = clock.sleep(left, AbortSignal.any([signal, enough.signal]))
        await orAborted(Promise.race([kept.promise, late]), signal).finally(() => enough.abort())
        if (isKept) return
      }
      output.heading(letGoText(service, [...running]))
    },
    kept: (signal) => orAborted(kept.promise, signal),
  }
}

/** Nothing is held back. */
const noHold: Hold = {
  during: (_step, work) => work(),
  done: () => undefined,
  wait: () => Promise.resolve(),
  kept: () => Promise.resolve(),
}

/** Services with a start command that no service waits for which has something to do before its own start. */
export function heldBack(services: Service[]): Set<string> {
  const needed = new Set<string>()
  const need = (name: string) => {
    if (needed.has(name)) return
    needed.add(name)
    for (const further of services.find((service) => service.name === name)?.dependsOn ?? []) need(further)
  }
  for (const service of services) if (hasWork(service)) service.dependsOn.forEach(need)
  return new Set(
    services.filter(({ name, start }) => start !== null && !needed.has(name)).map(({ name }) => name),
  )
}

/** Services that wait for one of these, or for one that does. */
function behind(services: Service[], held: ReadonlySet<string>): Set<string> {
  const found = new Set<string>()
  for (let before = -1; before < found.size;) {
    before = found.size
    for (const { name, dependsOn } of services)
      if (dependsOn.some((needed) => held.has(needed) || found.has(needed))) found.add(name)
  }
  return found
}

function hasWork({ steps, checkout }: Service): boolean {
  return steps.length > 0 || checkout !== null
}
