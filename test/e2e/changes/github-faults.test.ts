import { playGithub } from './github.ts'
import { runScenarios } from './run.ts'
import { killed } from './scenarios/faults.ts'

// A host that fails at random is in test/soak/changes; what each kind of fault does to a request, in test/integration/hosts.
runScenarios(playGithub, [killed])
