import { playGitlab } from './gitlab.ts'
import { runInTurn } from './run.ts'
import { forks } from './scenarios/forks.ts'
import { opened } from './scenarios/life.ts'

// Everything else on changes is the same code for all hosts; on GitLab all of it is in test/soak/changes.
runInTurn(playGitlab, [opened, ...forks])
