import type { Store } from '../../../src/stores/store.ts'
import { open } from './open.ts'

export interface Subject {
  /** Address of a new, empty database. */
  newDatabase(): Promise<string>
  /** Why what was written is not there after a reopening; absent where it is. */
  forgets?: string
}

/** A store on a database of its own that is closed at the end of the block (`await using`). */
export async function newStore(subject: Subject): Promise<Store & AsyncDisposable> {
  const store = await open(await subject.newDatabase())
  return { ...store, [Symbol.asyncDispose]: () => store.close() }
}
