import { describe } from 'node:test'
import { commitCases } from './commit-cases.ts'
import { eventCases } from './event-cases.ts'
import { listCases } from './list-cases.ts'
import { logCases } from './log-cases.ts'
import type { Subject } from './new-store.ts'
import { processCases } from './process-cases.ts'
import { textCases } from './text-cases.ts'
import { watchCases } from './watch-cases.ts'

/** What a store must do, whatever it keeps things in. */
export function storeSuite(name: string, subject: Subject): void {
  describe(name, () => {
    commitCases(subject)
    listCases(subject)
    eventCases(subject)
    logCases(subject)
    textCases(subject)
    watchCases(subject)
    processCases(subject)
  })
}
