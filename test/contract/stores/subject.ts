/** A kind of database, as the suite gets at it. */
export interface Subject {
  /** Address of a new, empty database. */
  newDatabase(): Promise<string>
  /** Absent where a new one costs no more than to empty one. */
  kept?: KeptDatabases
  /** Why what was written is not there after a reopening; absent where it is. */
  forgets?: string
}

/** Databases that one test after the other works with, through one store. */
export interface KeptDatabases {
  /** Address of another one, with nothing in it. */
  newDatabase(): Promise<string>
  /** To take everything out of one that a store has just opened, again and again: afterwards it is as it is now. */
  emptierOf(databaseUrl: string): Promise<Emptier>
}

export interface Emptier {
  empty(): Promise<void>
  close(): Promise<void>
}
