import { playGitlab } from './gitlab.ts'
import { runScenarios } from './run.ts'
import { disturbed, killed } from './scenarios/faults.ts'

runScenarios(playGitlab, [disturbed(60), killed])
