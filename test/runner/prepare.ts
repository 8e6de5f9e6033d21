import { ensureBaseImages } from '../../src/setup/base-image.ts'
import { ensureEngine } from '../../src/setup/engine.ts'
import { ensurePackages } from '../../src/setup/packages.ts'
import type { Say } from '../../src/setup/say.ts'
import type { Stage } from './stages.ts'

/** What the tests of a stage find on the machine, beyond the npm dependencies. */
export async function prepareMachine(
  stage: Exclude<Stage, 'lint' | 'types' | 'unit'>,
  say: Say,
): Promise<void> {
  await ensurePackages(['git', 'postgresql'], { say })
  if (stage !== 'contract') await ensurePackages(['chromium', 'git-lfs'], { say })
  const { docker, host } = await ensureEngine({ say })
  await ensureBaseImages({ docker, say })
  // the tests and what they start find the same engine
  process.env.DOCKER_HOST = host
}
