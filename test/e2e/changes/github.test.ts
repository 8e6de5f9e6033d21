import { playGithub } from './github.ts'
import { runTogether } from './run.ts'
import { commands } from './scenarios/commands.ts'
import { forks } from './scenarios/forks.ts'
import { life } from './scenarios/life.ts'
import { rules } from './scenarios/rules.ts'

runTogether(playGithub, [...life, ...forks, ...commands, ...rules])
