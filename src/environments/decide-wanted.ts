import { decideCommit } from './decide-commit.ts'
import { decideCreate } from './decide.ts'
import type { Decision, Situation } from './decision.ts'

export interface Wanted {
  hash: string
  /** Minutes, for one that has to be created. */
  ttl: number
  /** Create it also if it was deleted, or its time was over, at this very commit. */
  again: boolean
}

/**
 * An environment that exists because somebody else wants it, such as a change its preview: the commit `hash` is to be in it.
 * `undefined` if it is, or is on its way, or was there and was deleted.
 */
export function decideWanted(s: Situation, wish: Wanted): Decision | undefined {
  const { environment } = s
  const { hash } = wish
  const known = environment.ref.hash === hash
  const ref = { ...environment.ref, hash }
  if (environment.state === 'empty') {
    if (known && environment.generation > 0 && !wish.again) return undefined
    return decideCreate({ ...s, environment: { ...environment, ref } }, { build: true, ttl: wish.ttl })
  }
  // What the ref points to tells nothing: it also follows commits that were not to be built.
  const underWay = environment.next ?? environment.createdFrom ?? ''
  if (underWay !== hash)
    return decideCommit(
      { ...s, environment: { ...environment, ref: { ...environment.ref, hash: underWay } } },
      hash,
    )
  if (known) return undefined
  const serving = environment.serving && { ...environment.serving, stale: environment.serving.hash !== hash }
  return { environment: { ...environment, ref, serving } }
}
