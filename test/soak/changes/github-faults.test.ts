import { faultKinds } from '../../../src/demo/github/faults.ts'
import { playGithub } from '../../e2e/changes/github.ts'
import { runScenarios } from '../../e2e/changes/run.ts'
import { disturbed } from '../../e2e/changes/scenarios/faults.ts'

runScenarios(playGithub, [disturbed(120, faultKinds.length, ['one', 'two', 'three'])])
