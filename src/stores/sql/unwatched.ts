import type { Change, Committed, Store } from '../store.ts'

/** A store that tells whoever commits what was written, and nobody else. Nothing empty is given to it. */
export interface UnwatchedStore extends Omit<Store, 'commit' | 'watch'> {
  commit(changes: Change[]): Promise<Committed[]>
}
