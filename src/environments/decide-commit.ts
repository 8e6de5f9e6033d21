import { rebuild } from './begin.ts'
import { decideCreate } from './decide.ts'
import { refText, type Decision, type Situation } from './decision.ts'

/** How many builds in a row a newer commit may cut short before the running one is let finish. */
export const patience = 2

/** The ref points to another commit now. An environment that was never created only remembers it. */
export function decideCommit(s: Situation, hash: string): Decision | undefined {
  const known = s.environment.ref.hash
  if (known === hash) return undefined
  const environment = { ...s.environment, ref: { ...s.environment.ref, hash } }
  const moved = { ...s, environment }
  const short = hash.slice(0, 7)
  const cutShort = { hash, why: `superseded by ${short}`, outcome: 'superseded' } as const
  switch (environment.state) {
    case 'empty':
      return {
        environment,
        event: {
          kind: 'ignored',
          message: `${refText(environment)} is at ${short} now; not built, because the environment was not created`,
        },
      }
    case 'queued':
      return rebuild(moved, cutShort)
    case 'creating':
    case 'building':
    case 'softrebuilding':
      if (environment.superseded < patience) {
        const next = { ...environment, superseded: environment.superseded + 1 }
        return rebuild({ ...moved, environment: next }, cutShort)
      }
      return {
        environment: { ...environment, next: hash },
        event: {
          kind: 'build',
          message: `${short} waits: ${patience} builds in a row were cut short, so the running one is let finish`,
        },
      }
    case 'created':
    case 'built':
    case 'failed':
    case 'cancelled':
      return rebuild(moved, { hash, why: `new commit ${short}`, outcome: 'superseded' })
  }
}

/**
 * The ref's commit anew, from whatever state, because something else that its build is made from changed: what runs for it is
 * cut short, however often that was done before. `ttl` in minutes, for an environment that was not created yet.
 */
export function decideRebuild(s: Situation, wish: { why: string; ttl: number; clean?: boolean }): Decision {
  const { environment } = s
  if (environment.state === 'empty') return decideCreate(s, { build: true, ...wish })
  const start = wish.clean ? 'clean' : 'reuse'
  return rebuild(s, { hash: environment.ref.hash, why: wish.why, outcome: 'superseded', start })
}

/** The ref points to another commit, but that is not to be built: what runs is older than the ref now. */
export function decideIgnored(s: Situation, hash: string, why: string): Decision | undefined {
  const { environment } = s
  if (environment.ref.hash === hash) return undefined
  const serving = environment.serving && { ...environment.serving, stale: environment.serving.hash !== hash }
  return {
    environment: { ...environment, ref: { ...environment.ref, hash }, serving },
    event: { kind: 'ignored', message: `${refText(environment)} at ${hash.slice(0, 7)} ignored: ${why}` },
  }
}
