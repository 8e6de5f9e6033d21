import test from 'node:test'
import { ServerProcess } from '../../src/setup/server-process.ts'
import { previewAll } from '../e2e/first-minute.ts'
import { Origin } from '../fakes/origin.ts'

test(
  'two repositories with five branches each: one call per branch, and every preview answers with its own code',
  { timeout: 500_000 },
  async () => {
    await using qaack = await ServerProcess.start({ QAACK_BUILD_SLOTS: '2' })
    using one = new Origin()
    using other = new Origin()
    await previewAll(qaack, [one, other], ['main', 'two', 'feature/three', 'four', 'five'])
  },
)
