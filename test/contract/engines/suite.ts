import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { containerCases } from './container-cases.ts'
import { execCases } from './exec-cases.ts'
import { World, type Implementation } from './harness.ts'
import { resourceCases } from './resource-cases.ts'

export type Case = (world: World, implementation: Implementation) => Promise<void>

/** What every engine does, by the words of the contract in src/engines/engine.ts. */
export function engineContract(name: string, open: () => Promise<Implementation>): void {
  describe(`engine contract: ${name}`, () => {
    let implementation: Implementation
    let world: World
    before(async () => {
      implementation = await open()
    })
    beforeEach(async () => {
      world = await new World(implementation).open()
    })
    afterEach(() => world.clear())
    after(async () => {
      const left = await implementation.engine.list({ 'qaack.instance': world.instance })
      if (left.length > 0) throw new Error(`left on the engine: ${left.map((one) => one.name).join(', ')}`)
    })

    const groups: Record<string, Record<string, Case>> = {
      resources: resourceCases,
      containers: containerCases,
      commands: execCases,
    }
    for (const [group, cases] of Object.entries(groups)) {
      describe(group, () => {
        for (const [title, run] of Object.entries(cases)) {
          test(title, { timeout: 60_000 }, async (t) => {
            const reason = implementation.skip?.[title]
            if (reason === undefined) await run(world, implementation)
            else t.skip(reason)
          })
        }
      })
    }
  })
}
