import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PlayedHost } from './played-host.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { openStage } from './stage.ts'

/** They wait more than they work. */
const atOnce = 3

/** Each scenario on a host and a server of its own, and every request of ours checked in the end. */
export function runScenarios(play: () => Promise<PlayedHost>, scenarios: Scenario[]): void {
  describe('changes', { concurrency: atOnce }, () => {
    for (const { title, settings, run } of scenarios) {
      test(title, { timeout: 590_000 }, async () => {
        await using host = await play()
        await using stage = await openStage(host, settings)
        await run(stage)
        assert.deepEqual(
          await host.wrongRequests(),
          [],
          "every request is as the host's description wants it",
        )
      })
    }
  })
}
