import { playGithub } from './github.ts'
import { runScenarios } from './run.ts'
import { disturbed, killed } from './scenarios/faults.ts'

// A whole minute of it is for npm run soak.
runScenarios(playGithub, [disturbed(15), killed])
