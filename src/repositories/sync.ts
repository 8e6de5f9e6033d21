import type { Ref } from './repository.ts'

export interface RefDiff<K> {
  /** Refs that nobody knows yet. */
  appeared: Ref[]
  /** Who is known at another commit, with the ref as it is now. */
  changed: (K & { ref: Ref })[]
  /** Whose ref is not there any more, with the ref as it was known. */
  gone: K[]
}

/**
 * Compares what is known with what the repository has. Several may be known for one ref (clones). Of types `by` only:
 * changes are not told by git but by the git host, so they are left alone unless asked for.
 */
export function diffRefs<K extends { ref: Ref }>(
  known: K[],
  actual: Ref[],
  by: Ref['type'][] = ['branch', 'tag'],
): RefDiff<K> {
  const now = new Map(actual.filter(({ type }) => by.includes(type)).map((ref) => [keyOf(ref), ref]))
  const ours = known.filter(({ ref }) => by.includes(ref.type))
  const before = new Set(ours.map(({ ref }) => keyOf(ref)))
  return {
    appeared: [...now.values()].filter((ref) => !before.has(keyOf(ref))),
    changed: ours.flatMap((one) => {
      const ref = now.get(keyOf(one.ref))
      return ref && ref.hash !== one.ref.hash ? [{ ...one, ref }] : []
    }),
    gone: ours.filter(({ ref }) => !now.has(keyOf(ref))),
  }
}

function keyOf(ref: Ref): string {
  return `${ref.type}:${ref.name}`
}
