/**
 * Does several things at once. The first that fails stops the others by the signal that each is given, and is thrown when
 * all have ended: nothing goes on behind the back of whoever asked.
 */
export async function together<T, R>(
  items: T[],
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const rest = new AbortController()
  const stop = AbortSignal.any([signal, rest.signal])
  const ends = await Promise.allSettled(
    items.map((item) =>
      work(item, stop).catch((error: unknown) => {
        rest.abort(error)
        throw error
      }),
    ),
  )
  signal.throwIfAborted()
  if (rest.signal.aborted) throw rest.signal.reason
  return ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
}

/** The same for two things of different kinds. */
export async function both<A, B>(
  signal: AbortSignal,
  one: (signal: AbortSignal) => Promise<A>,
  other: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const made: { one?: A; other?: B } = {}
  const works = [
    async (stop: AbortSignal) => void (made.one = await one(stop)),
    async (stop: AbortSignal) => void (made.other = await other(stop)),
  ]
  await together(works, signal, (work, stop) => work(stop))
  return [made.one as A, made.other as B]
}

/** Waits, but not longer than until the signal fires: then it throws the signal's reason. */
export async function orAborted<T>(waiting: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const ended = Promise.withResolvers<never>()
  const end = () => ended.reject(signal.reason as Error)
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([waiting, ended.promise])
  } finally {
    signal.removeEventListener('abort', end)
  }
}
