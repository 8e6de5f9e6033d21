import { playGitlab } from './gitlab.ts'
import { runScenarios } from './run.ts'
import { commands } from './scenarios/commands.ts'
import { forks } from './scenarios/forks.ts'
import { life } from './scenarios/life.ts'
import { rules } from './scenarios/rules.ts'

runScenarios(playGitlab, [...life, ...forks, ...commands, ...rules])
