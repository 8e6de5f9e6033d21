import { playGitlab } from '../../e2e/changes/gitlab.ts'
import { runScenarios } from '../../e2e/changes/run.ts'
import { disturbed, killed } from '../../e2e/changes/scenarios/faults.ts'

runScenarios(playGitlab, [disturbed(120, 5, ['one', 'two', 'three']), killed])
