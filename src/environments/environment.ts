import type { Ref } from '../repositories/repository.ts'

/** The documented states, in the order of a life. */
export const states = [
  'empty',
  'creating',
  'created',
  'queued',
  'building',
  'cancelled',
  'failed',
  'built',
  'softrebuilding',
] as const

export type State = (typeof states)[number]

/** An environment as it is kept. All times are milliseconds since 1970. */
export interface EnvironmentRecord {
  id: string
  version: number
  repositoryId: string
  ref: Ref
  /** Readable host name `<ref>--<repository>`, or null for a clone or where another environment owns it already. */
  name: string | null
  state: State
  /** Why the state is what it is, as a sentence; empty where the state says all. */
  reason: string
  /** Minutes; 0 = lives until it is deleted. */
  ttl: number
  /** When it was created (`empty` left); null while empty. */
  createdAt: number | null
  builtAt: number | null
  /** Milliseconds the last finished build took, from the slot to ready. */
  buildDuration: number | null
  expiresAt: number | null
  /** Counts creations; everything on the engine carries the number it was made for. Never reused. */
  generation: number
  /** What answers now; null while nothing that was built does. */
  serving: Serving | null
  /** The services that answer while newer ones are made beside them; null where those below do, or none. */
  standing: Standing | null
  /** Generations that newer ones took over from a moment ago: requests may still be under way in them. */
  leaving?: Leaving[]
  /** What the newest build started from and what was saved of it. */
  reusable: ReusableFacts
  /** Aliases of the Qaackfile: alias -> service. */
  aliases: Record<string, string>
  services: ServiceRecord[]
  /** CIDR of the network of these services; null while empty. */
  subnet: string | null
  /** The generation that this network was opened for: locked services stay in theirs over soft rebuilds. */
  networkGeneration: number | null
  /** When the ref was seen first. */
  knownAt: number
  /** What is wanted once the running build, which was let finish, has ended: a build of this commit. */
  next: string | null
  /** Builds in a row that a newer commit cut short. */
  superseded: number
  /** Number of the newest build; 0 before the first. */
  builds: number
  /** The commit of the newest generation, also of one that failed and is gone while an older one answers; null while empty. */
  createdFrom: string | null
}

export interface Serving {
  hash: string
  /** What serves is older than what the ref points to. */
  stale: boolean
}

/** What an environment had before a rebuild made newer services beside it. */
export interface Standing extends Pick<
  EnvironmentRecord,
  'services' | 'aliases' | 'subnet' | 'networkGeneration' | 'builtAt' | 'createdFrom'
> {
  hash: string
}

export interface Leaving {
  generation: number
  /** When another began to answer. ms since 1970. */
  since: number
}

export interface ReusableFacts {
  /** Label of the reusable that the newest build started from, `auto` for one without; null if it started from none. */
  used: string | null
  /** Labels that it saved; `auto` for those without. */
  saved: string[]
  /** Why it was used, or none was, as a sentence. */
  why: string
}

export interface ServiceRecord {
  id: string
  /** The generation that its container was made for. */
  generation: number
  name: string
  default: boolean
  image: string
  port: number | null
  aliases: string[]
  locked: boolean
  state: ServiceState
  /** The engine's id; null before creation. */
  containerId: string | null
  /** Host and port where the proxy reaches it; null for a service without a port, or before creation. */
  target: { host: string; port: number } | null
  /** In its network; absent before creation. A locked service keeps it. */
  address?: string
}

export type ServiceState = 'missing' | 'created' | 'running' | 'ready' | 'exited' | 'failed'

/** What can happen to an environment. */
export const triggers = [
  'create',
  'services-up',
  'services-failed',
  'enqueue',
  'slot',
  'succeed',
  'fail',
  'cancel',
  'clear',
  'soft-rebuild',
] as const

export type Trigger = (typeof triggers)[number]

/**
 * The life of an environment: state -> trigger -> next state. What is not here cannot happen and is answered with a
 * conflict. Documented arrows stand as documented; ours are marked. A rebuild is `clear`, then `create`; one that keeps
 * locked services is `soft-rebuild`.
 */
export const transitions: Record<State, Partial<Record<Trigger, State>>> = {
  empty: { create: 'creating' },
  // ours: clear, so that a delete or a newer commit need not wait for a slow pull
  // ours: cancel, of a rebuild beside what answers; the first services are to be deleted instead
  creating: { 'services-up': 'created', 'services-failed': 'failed', cancel: 'cancelled', clear: 'empty' },
  // ours: soft-rebuild, because a service may be locked before anything was built
  created: { enqueue: 'queued', clear: 'empty', 'soft-rebuild': 'softrebuilding' },
  // ours: cancel and clear, because a build that has not begun must be stoppable; fail, for a worker that died three times
  queued: { slot: 'building', cancel: 'cancelled', fail: 'failed', clear: 'empty' },
  // ours: clear, for a delete or a newer commit while building
  building: { succeed: 'built', fail: 'failed', cancel: 'cancelled', clear: 'empty' },
  // ours: soft-rebuild, because what is locked stays so, however the last build ended
  cancelled: { clear: 'empty', 'soft-rebuild': 'softrebuilding' },
  // documented in words only: soft-rebuild, after one that failed
  failed: { clear: 'empty', 'soft-rebuild': 'softrebuilding' },
  // ours: fail, for a service that died for good after it was built
  built: { fail: 'failed', clear: 'empty', 'soft-rebuild': 'softrebuilding' },
  // ours: the stages of the build on the way, which have no states of their own here; cancel; soft-rebuild, for a newer commit
  softrebuilding: {
    'services-up': 'softrebuilding',
    enqueue: 'softrebuilding',
    slot: 'softrebuilding',
    succeed: 'built',
    fail: 'failed',
    cancel: 'cancelled',
    'soft-rebuild': 'softrebuilding',
  },
}

/** The state after `trigger`, or undefined where the table has no such arrow. */
export function walk(state: State, trigger: Trigger): State | undefined {
  return transitions[state][trigger]
}
