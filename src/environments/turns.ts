import type { Parts } from '../parts.ts'

/**
 * One at a time in each repository: what reads its refs or environments and then adds or removes some of them. Not for
 * changes of one environment: those have the door of lifecycle.ts.
 */
export function inRepository<T>(parts: Parts, repositoryId: string, work: () => Promise<T>): Promise<T> {
  return parts.background.inTurn(`repository ${repositoryId}`, work)
}
