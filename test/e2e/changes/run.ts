import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { PlayedHost } from './played-host.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { openStage, startServer } from './stage.ts'

/** They wait more than they work. */
const atOnce = 3
const timeout = 590_000

/** Each scenario on a host and a server of its own, and every request of ours checked in the end. */
export function runScenarios(play: () => Promise<PlayedHost>, scenarios: Scenario[]): void {
  describe('changes', { concurrency: atOnce }, () => {
    for (const { title, run } of scenarios) {
      test(title, { timeout }, async () => {
        await using host = await play()
        await using started = await startServer(host)
        await run(await openStage(host, started.server))
        await checkRequests(host)
      })
    }
  })
}

/**
 * All scenarios at once on one host and one server, each in a repository of its own: to start them, and to do everything for
 * the first time, is half of what a scenario costs. For those that leave the host and the server alone.
 */
export function runTogether(play: () => Promise<PlayedHost>, scenarios: Scenario[]): void {
  runOnOneServer(play, scenarios, { concurrency: atOnce, nameOf: (index) => `shop${index + 1}` })
}

/** The same for a host that has one repository: one after the other, so for those that end what they began. */
export function runInTurn(play: () => Promise<PlayedHost>, scenarios: Scenario[]): void {
  runOnOneServer(play, scenarios, { concurrency: 1, nameOf: () => 'shop' })
}

function runOnOneServer(
  play: () => Promise<PlayedHost>,
  scenarios: Scenario[],
  { concurrency, nameOf }: { concurrency: number; nameOf: (index: number) => string },
): void {
  describe('on one server', () => {
    let host: PlayedHost
    let started: Awaited<ReturnType<typeof startServer>>
    before(async () => {
      host = await play()
      started = await startServer(host, { QAACK_BUILD_SLOTS: String(concurrency) })
    })
    after(async () => {
      await started[Symbol.asyncDispose]()
      await host[Symbol.asyncDispose]()
    })

    describe('changes', { concurrency }, () => {
      for (const [index, { title, run }] of scenarios.entries())
        test(title, { timeout }, async () => run(await openStage(host, started.server, nameOf(index))))
    })

    test("every request of ours is as the host's description wants it", () => checkRequests(host))
  })
}

async function checkRequests(host: PlayedHost): Promise<void> {
  assert.deepEqual(await host.wrongRequests(), [], "every request is as the host's description wants it")
}
