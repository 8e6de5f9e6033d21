import type { Change, Committed } from '../store.ts'

/** Commits that are written as one at most: others wait while they are. */
const most = 64

interface Waiting {
  changes: Change[]
  resolve: (committed: Committed[]) => void
  reject: (error: unknown) => void
}

export interface Groups {
  /** Tells what was written. */
  commit(changes: Change[]): Promise<Committed[]>
  /** Resolves when nothing waits to be written. */
  idle(): Promise<void>
}

/**
 * Commits one after the other; those that wait meanwhile are written as one transaction, which costs a large part of what
 * many do. Each stays all or nothing by itself: if one of them is refused, each is written alone.
 */
export function createGroups(write: (commits: Change[][]) => Promise<Committed[][]>): Groups {
  const waiting: Waiting[] = []
  let writing: Promise<void> | undefined

  function commit(changes: Change[]): Promise<Committed[]> {
    return new Promise((resolve, reject) => {
      waiting.push({ changes, resolve, reject })
      // All that are asked for in the same breath come along.
      writing ??= Promise.resolve().then(writeAll)
    })
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0, most)
      const done = group.length > 1 && (await writeTogether(group))
      if (!done) for (const one of group) await writeAlone(one)
    }
    writing = undefined
  }

  async function writeTogether(group: Waiting[]): Promise<boolean> {
    const committed = await write(group.map(({ changes }) => changes)).catch(() => undefined)
    for (const [index, { resolve }] of group.entries()) if (committed) resolve(committed[index] ?? [])
    return committed !== undefined
  }

  async function writeAlone({ changes, resolve, reject }: Waiting): Promise<void> {
    await write([changes]).then((committed) => resolve(committed.flat()), reject)
  }

  return { commit, idle: () => writing ?? Promise.resolve() }
}
