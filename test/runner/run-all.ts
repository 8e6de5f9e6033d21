import { addCounts, none, type Counts } from './counts.ts'
import { prepare, queueOf, runChecks, runStage, told } from './run-stage.ts'
import type { MachineStage } from './stages.ts'
import { filesOf, runTestFiles } from './test-files.ts'

const onMachine: MachineStage[] = ['contract', 'integration', 'e2e']

/**
 * What the files that run at once with others are taken from, the first of them that has one left. End to end tests
 * wait more than they work, and are the longest: they begin at once, three at a time, and the others have what they leave.
 */
const lanes: MachineStage[][] = [
  ['e2e', 'integration', 'contract'],
  ['e2e', 'integration', 'contract'],
  ['e2e', 'integration', 'contract'],
  ['contract', 'integration', 'e2e'],
  ['integration', 'contract', 'e2e'],
]

/**
 * Everything but `soak`, so that two cores are never idle: while the machine is prepared, which mostly waits for the network,
 * that which needs nothing of it; from then on the tests that need it.
 */
export async function runAll(): Promise<Counts> {
  const ready = prepare('e2e')
  // whoever needs the machine tells it
  ready.catch(() => undefined)
  const all = await Promise.all([runChecks(), runStage('unit'), runOnMachine(ready)])
  return all.reduce(addCounts, none)
}

function runOnMachine(ready: Promise<void>): Promise<Counts> {
  return told(onMachine.join(', '), async () => {
    await ready
    const queues = new Map(onMachine.map((stage) => [stage, queueOf(stage, filesOf(stage))]))
    return runTestFiles(lanes.map((stages) => stages.flatMap((stage) => queues.get(stage) ?? [])))
  })
}
