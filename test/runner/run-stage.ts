import { globSync } from 'node:fs'
import path from 'node:path'
import { messageOf } from '../../src/errors.ts'
import { runProgram } from '../../src/setup/program.ts'
import { saySetup, seconds } from '../../src/setup/say.ts'
import { addCounts, none, type Counts } from './counts.ts'
import type { Stage } from './stages.ts'
import { runTestFiles } from './test-files.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** Runs one stage and prints its name, its time and its counts. Never throws: what goes wrong is a failed test. */
export async function runStage(stage: Stage, filters: string[]): Promise<Counts> {
  console.log(`\n── ${stage} ──`)
  const started = performance.now()
  const counts = await countsOf(stage, filters)
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
  const time = seconds(performance.now() - started)
  console.log(`── ${stage}: ${counts.passed} passed, ${counts.failed} failed${skipped} in ${time} ──`)
  return counts
}

async function countsOf(stage: Stage, filters: string[]): Promise<Counts> {
  try {
    if (stage === 'lint')
      return addCounts(await check(['eslint', '.']), await check(['prettier', '--check', '.']))
    if (stage === 'types') return await check(['tsc', '-p', '.'])
    return await runTests(stage, filters)
  } catch (error) {
    console.log(`✖ ${stage} cannot be run: ${messageOf(error)}`)
    return { ...none, failed: 1 }
  }
}

/** One of the tools that come with the clone; counts as one test. */
async function check([tool = '', ...args]: string[]): Promise<Counts> {
  const program = path.join(root, 'node_modules', '.bin', tool)
  const { exitCode, output } = await runProgram([program, ...args], { cwd: root })
  console.log(`${exitCode === 0 ? '✔' : '✖'} ${tool}`)
  if (exitCode !== 0) console.log(output.trimEnd())
  return exitCode === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 }
}

/** Test files at once: the first two kinds compute, the others mostly wait for git, containers and processes. */
const lanes = { unit: 2, contract: 2, integration: 4, e2e: 3, soak: 1 }

async function runTests(stage: Exclude<Stage, 'lint' | 'types'>, filters: string[]): Promise<Counts> {
  const files = globSync(`test/${stage}/**/*.test.ts`, { cwd: root })
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort()
    .map((file) => path.join(root, file))
  if (files.length === 0) {
    console.log(
      filters.length === 0 ? 'no tests yet' : `no test file has ${filters.join(' or ')} in its path`,
    )
    return none
  }
  if (stage !== 'unit') await prepare(stage)
  return runTestFiles(files, { root, concurrency: lanes[stage] })
}

/** Loaded only where it is needed: a fault in the code that it uses must not keep the other stages from running. */
async function prepare(stage: Exclude<Stage, 'lint' | 'types' | 'unit'>): Promise<void> {
  const { prepareMachine } = await import('./prepare.ts')
  await prepareMachine(stage, saySetup)
}
