/** What can go wrong between a client and GitHub. The last two do the work and then keep silent about it. */
export type FaultKind =
  | 'server-error'
  | 'bad-gateway'
  | 'rate-limit'
  | 'secondary-limit'
  | 'too-many-requests'
  | 'hang'
  | 'done-then-drop'
  | 'done-then-hang'

export interface Faults {
  /** The same seed disturbs the same of the app's requests, counted from when it was set. */
  seed: number
  /** Which part of the app's API requests, 0 to 1. */
  share: number
  /** All kinds if left out. */
  kinds?: FaultKind[]
  /** Only requests it says yes to are counted. */
  only?: (request: { method: string; path: string }) => boolean
}

export const faultKinds: FaultKind[] = [
  'server-error',
  'bad-gateway',
  'rate-limit',
  'secondary-limit',
  'too-many-requests',
  'hang',
  'done-then-drop',
  'done-then-hang',
]

/** Gives for each request in turn what goes wrong with it, if anything. */
export function faultSource(
  faults: Faults,
): (request: { method: string; path: string }) => FaultKind | undefined {
  const random = randomFrom(faults.seed)
  const kinds = faults.kinds ?? faultKinds
  return (request) => {
    if (faults.only && !faults.only(request)) return undefined
    const [hit, which] = [random(), random()]
    return hit < faults.share ? kinds[Math.floor(which * kinds.length)] : undefined
  }
}

/** What GitHub says in place of an answer; undefined for kinds that say nothing. Limits end one second from `now`. */
export function faultAnswer(
  kind: FaultKind,
  now: number,
): { status: number; headers: Record<string, string>; body: unknown } | undefined {
  const reset = String(Math.ceil(now / 1000) + 1)
  const limit = { 'x-ratelimit-limit': '5000', 'x-ratelimit-reset': reset, 'x-ratelimit-resource': 'core' }
  const secondary =
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
  switch (kind) {
    case 'server-error':
      return { status: 500, headers: {}, body: { message: 'Server Error' } }
    case 'bad-gateway':
      return { status: 502, headers: {}, body: { message: 'Server Error' } }
    case 'rate-limit':
      return {
        status: 403,
        headers: { ...limit, 'x-ratelimit-remaining': '0', 'x-ratelimit-used': '5000' },
        body: { message: 'API rate limit exceeded for installation.' },
      }
    case 'secondary-limit':
      return { status: 403, headers: { 'retry-after': '1' }, body: { message: secondary } }
    case 'too-many-requests':
      return { status: 429, headers: { 'retry-after': '1' }, body: { message: secondary } }
    default:
      return undefined
  }
}

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
