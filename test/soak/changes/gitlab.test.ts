import { playGitlab } from '../../e2e/changes/gitlab.ts'
import { runScenarios } from '../../e2e/changes/run.ts'
import { commands } from '../../e2e/changes/scenarios/commands.ts'
import { forks } from '../../e2e/changes/scenarios/forks.ts'
import { life } from '../../e2e/changes/scenarios/life.ts'
import { rules } from '../../e2e/changes/scenarios/rules.ts'

runScenarios(playGitlab, [...life, ...forks, ...commands, ...rules])
