import { after, describe } from 'node:test'
import { commitCases } from './commit-cases.ts'
import { emptyCases } from './empty-cases.ts'
import { eventCases } from './event-cases.ts'
import { listCases } from './list-cases.ts'
import { logCases } from './log-cases.ts'
import { processCases } from './process-cases.ts'
import { Stores } from './stores.ts'
import type { Subject } from './subject.ts'
import { textCases } from './text-cases.ts'
import { watchCases } from './watch-cases.ts'

/** What a store must do, whatever it keeps things in. */
export function storeSuite(name: string, subject: Subject): void {
  describe(name, () => {
    const stores = new Stores(subject)
    after(() => stores.end())
    emptyCases(stores)
    commitCases(stores)
    listCases(stores)
    eventCases(stores)
    logCases(stores)
    textCases(stores)
    watchCases(stores)
    processCases(stores)
  })
}
