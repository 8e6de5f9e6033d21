import { playGithub } from './github.ts'
import { runScenarios } from './run.ts'
import { faults } from './scenarios/faults.ts'

runScenarios(playGithub, faults)
