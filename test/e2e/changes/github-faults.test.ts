import { playGithub } from './github.ts'
import { runScenarios } from './run.ts'
import { disturbed, killed } from './scenarios/faults.ts'

// the same for longer is in test/soak/changes
runScenarios(playGithub, [disturbed(20), killed])
