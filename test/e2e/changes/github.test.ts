import assert from 'node:assert/strict'
import test from 'node:test'
import { playGithub } from './github.ts'
import { commands } from './scenarios/commands.ts'
import { faults } from './scenarios/faults.ts'
import { forks } from './scenarios/forks.ts'
import { life } from './scenarios/life.ts'
import { rules } from './scenarios/rules.ts'
import { openStage } from './stage.ts'

for (const { title, settings, run } of [...life, ...forks, ...commands, ...rules, ...faults]) {
  test(`github: ${title}`, { timeout: 590_000 }, async () => {
    await using host = await playGithub()
    await using stage = await openStage(host, settings)
    await run(stage)
    assert.deepEqual(await host.wrongRequests(), [], "every request is as GitHub's description wants it")
  })
}
