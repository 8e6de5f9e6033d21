import { playGithub } from './github.ts'
import { runScenarios } from './run.ts'
import { disturbed, killed } from './scenarios/faults.ts'

runScenarios(playGithub, [disturbed(60), killed])
