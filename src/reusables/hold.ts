import type { BuildRecord } from '../builds/build.ts'
import type { Plan } from '../builds/plan.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import { orAborted } from './gate.ts'

/** What keeps start commands back until all that is to be saved before them is done. */
export interface Hold {
  /** Nothing more is to be done in a service but to let its main process go. */
  done(service: string): void
  /** Resolves when that may go. */
  wait(service: string, signal: AbortSignal): Promise<void>
  /** Resolves when all is saved that is to be, also where no start command waits for it. */
  kept(signal: AbortSignal): Promise<void>
}

/**
 * Where an environment can be reset, what it is reset to is kept before the main processes begin to work on it: each of them is
 * held back until all steps are done and the rest is ready, but for those that some service with steps waits for.
 */
export function holdFor(
  { qaackfile, repository }: Plan,
  { start }: BuildRecord,
  keep: () => Promise<void>,
): Hold {
  if (!repository.settings.reset || start === 'reset')
    return { done: () => undefined, wait: () => Promise.resolve(), kept: () => Promise.resolve() }
  const held = heldBack(qaackfile.services)
  // What is behind one that is held back has nothing to do, and does not begin before that.
  const late = behind(qaackfile.services, held)
  const awaited = new Set(qaackfile.services.filter(({ name }) => !late.has(name)).map(({ name }) => name))
  const kept = Promise.withResolvers<void>()
  // Whoever waits hears of it; while nobody does yet, a failure must not end the server.
  kept.promise.catch(() => undefined)
  return {
    done(service) {
      if (!awaited.delete(service) || awaited.size > 0) return
      keep().then(kept.resolve, kept.reject)
    },
    wait: (service, signal) => (held.has(service) ? orAborted(kept.promise, signal) : Promise.resolve()),
    kept: (signal) => orAborted(kept.promise, signal),
  }
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
