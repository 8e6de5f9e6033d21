/** Milliseconds in which one press may arrive more than once: a terminal and npm both pass it on. */
const echo = 250

/** Ctrl-C, and its like from elsewhere. From the first listening on, none of them ends the program by itself. */
export interface Presses {
  /** Resolves at the next one from now. */
  next(): Promise<void>
}

export function listenForPresses(now = () => performance.now()): Presses {
  let waiting: (() => void)[] = []
  let last = -Infinity
  const press = () => {
    const at = now()
    if (at - last < echo) return
    last = at
    const all = waiting
    waiting = []
    for (const resolve of all) resolve()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, press)
  return { next: () => new Promise((resolve) => waiting.push(resolve)) }
}
