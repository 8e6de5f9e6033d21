import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { containerCases } from './container-cases.ts'
import { copyCases } from './copy-cases.ts'
import { execCases } from './exec-cases.ts'
import { World, type Implementation } from './harness.ts'
import { networkCases } from './network-cases.ts'
import { resourceCases } from './resource-cases.ts'
import { saveCases } from './save-cases.ts'

export type Case = (world: World, implementation: Implementation) => Promise<void>

const groups = {
  networks: networkCases,
  resources: resourceCases,
  containers: containerCases,
  copies: copyCases,
  commands: execCases,
  saving: saveCases,
}

/** What every engine does, by the words of the contract in src/engines/engine.ts; all of it, or only these parts. */
export function engineContract(
  name: string,
  open: () => Promise<Implementation>,
  parts = Object.keys(groups) as (keyof typeof groups)[],
): void {
  describe(`engine contract: ${name}`, () => {
    let implementation: Implementation
    let world: World
    let around: World
    before(async () => {
      implementation = await open()
      around = await new World(implementation).open()
    })
    afterEach(() => world.clear())
    after(async () => {
      await around.clear()
      const left = await implementation.engine.list({ 'qaack.instance': world.instance })
      if (left.length > 0) throw new Error(`left on the engine: ${left.map((one) => one.name).join(', ')}`)
    })

    for (const group of parts) {
      describe(group, () => {
        beforeEach(async () => {
          world = await new World(implementation, group === 'networks' ? undefined : around).open()
        })
        for (const [title, run] of Object.entries<Case>(groups[group])) {
          test(title, { timeout: 60_000 }, async (t) => {
            const reason = implementation.skip?.[title]
            if (reason !== undefined) return t.skip(reason)
            try {
              await run(world, implementation)
            } catch (error) {
              // What is wrong may be wrong with the container that the next ones would get.
              await around.forgetRunning().catch(() => undefined)
              throw error
            }
          })
        }
      })
    }
  })
}
