import type { Stage } from '../stage.ts'

/** Something that people do with changes, and what they must see then; the same on every host that has changes. */
export interface Scenario {
  title: string
  /** Environment variables of the server, beyond those of the host. */
  settings?: Record<string, string>
  run: (stage: Stage) => Promise<void>
}
