import { playGitlab } from './gitlab.ts'
import { runScenarios } from './run.ts'
import { faults } from './scenarios/faults.ts'

runScenarios(playGitlab, faults)
