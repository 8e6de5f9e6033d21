import type { Path } from '../yaml/tree.ts'

/** Something wrong under a path of the document. `at` tells which of the two is marked: the name or what it has. */
export interface Finding {
  path: Path
  at: 'name' | 'value'
  /** Goes after the path: `must be …`, `is not known`. */
  message: string
}
