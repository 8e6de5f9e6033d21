import { ensureBaseImages } from '../../src/setup/base-image.ts'
import { ensureEngine } from '../../src/setup/engine.ts'
import { ensurePackages } from '../../src/setup/packages.ts'
import type { Say } from '../../src/setup/say.ts'
import type { MachineStage } from './stages.ts'

/** What the tests of a stage find on the machine, beyond the npm dependencies. */
export async function prepareMachine(stage: MachineStage, say: Say): Promise<void> {
  const more = stage === 'contract' ? [] : ['chromium', 'git-lfs']
  await ensurePackages(['git', 'postgresql', ...more], { say })
  const { docker, host } = await ensureEngine({ say })
  await ensureBaseImages({ docker, say })
  // the tests and what they start find the same engine
  process.env.DOCKER_HOST = host
}
