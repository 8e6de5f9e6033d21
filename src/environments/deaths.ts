/** Milliseconds before a service whose main process died is started again; the last holds for all later ones. */
const pauses = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000]
/** Deaths in a row after which it is not started again. */
export const enough = 10
/** A service that ran this long, in milliseconds, is well again: its next death is the first. */
const calm = 60_000

/** How often a service died in a row. Times in ms since 1970. */
export interface Deaths {
  count: number
  at: number
  /** Milliseconds until it is started again. */
  pause: number
}

/** What a death at `now` makes of the ones before it. */
export function oneMore(before: Deaths | undefined, now: number): Deaths {
  const ran = before ? now - before.at - before.pause : Infinity
  const count = before && ran < calm ? before.count + 1 : 1
  return { count, at: now, pause: pauses[Math.min(count, pauses.length) - 1] ?? 60_000 }
}
