import path from 'node:path'
import { messageOf } from '../../src/errors.ts'
import { runProgram } from '../../src/setup/program.ts'
import { saySetup, seconds } from '../../src/setup/say.ts'
import { addCounts, none, type Counts } from './counts.ts'
import type { MachineStage, Stage, TestStage } from './stages.ts'
import { alone, dealt, filesOf, inBatches, type Queue, root, runTestFiles } from './test-files.ts'

/** Runs one stage, or those of its files that have one of the texts in their path. Never throws, as `told`. */
export function runStage(stage: Stage, filters: string[] = []): Promise<Counts> {
  return told(stage, () => {
    if (stage === 'lint') return lint()
    if (stage === 'types') return check([tool('tsc'), '-p', '.'])
    return runTests(stage, filters)
  })
}

/** Prints a name, then how long the work took and its counts. Never throws: what goes wrong is a failed test. */
export async function told(name: string, work: () => Promise<Counts>): Promise<Counts> {
  console.log(`\n── ${name} ──`)
  const started = performance.now()
  const counts = await work().catch((error: unknown) => {
    console.log(`✖ ${name} cannot be run: ${messageOf(error)}`)
    return { ...none, failed: 1 }
  })
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
  const time = seconds(performance.now() - started)
  console.log(`── ${name}: ${counts.passed} passed, ${counts.failed} failed${skipped} in ${time} ──`)
  return counts
}

/** Loaded only where it is needed: a fault in the code that it uses must not keep the other stages from running. */
export async function prepare(stage: MachineStage): Promise<void> {
  const { prepareMachine } = await import('./prepare.ts')
  await prepareMachine(stage, saySetup)
}

/** What the stages `lint` and `types` say, together in two thirds of their time. Never throws, as `told`. */
export function runChecks(): Promise<Counts> {
  return told('lint, types', async () => {
    const code = path.join(import.meta.dirname, 'check-code.ts')
    const types = await check(
      [process.execPath, '--disable-warning=ExperimentalWarning', code],
      'tsc, eslint',
    )
    return addCounts(types, await formatting())
  })
}

async function lint(): Promise<Counts> {
  return addCounts(await check([tool('eslint'), '.']), await formatting())
}

function formatting(): Promise<Counts> {
  return check([tool('prettier'), '--check', '.'])
}

/** One of those that come with the clone. */
function tool(name: string): string {
  return path.join(root, 'node_modules', '.bin', name)
}

/** Counts as one test. */
async function check(command: string[], name = path.basename(command[0] ?? '')): Promise<Counts> {
  const started = performance.now()
  const { exitCode, output } = await runProgram(command, { cwd: root })
  console.log(`${exitCode === 0 ? '✔' : '✖'} ${name}  ${seconds(performance.now() - started)}`)
  if (exitCode !== 0) console.log(output.trimEnd())
  return exitCode === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 }
}

/** Test files at once: the first two kinds compute, the others mostly wait for git, containers and processes. */
const lanes = { unit: 2, contract: 2, integration: 4, e2e: 3, soak: 1 }

async function runTests(stage: TestStage, filters: string[]): Promise<Counts> {
  const files = filesOf(stage, filters)
  if (files.length === 0) {
    console.log(
      filters.length === 0 ? 'no tests yet' : `no test file has ${filters.join(' or ')} in its path`,
    )
    return none
  }
  if (stage !== 'unit') await prepare(stage)
  if (stage === 'unit') return runTestFiles(dealt(files, lanes.unit).map((queue) => [queue]))
  const queue = queueOf(stage, files)
  return runTestFiles(Array.from({ length: lanes[stage] }, () => [queue]))
}

/**
 * End to end and contract tests are few, and long. Of the others those of `stores` begin and those of `api` end: what is left
 * for the end is best short, and waits for no disk.
 */
export function queueOf(stage: MachineStage, files: string[]): Queue {
  return stage === 'integration' ? inBatches(files.toReversed()) : alone(files)
}
