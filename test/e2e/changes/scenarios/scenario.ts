import type { Stage } from '../stage.ts'

/** Something that people do with changes, and what they must see then; the same on every host that has changes. */
export interface Scenario {
  title: string
  run: (stage: Stage) => Promise<void>
}
