import { globSync } from 'node:fs'
import path, { relative } from 'node:path'
import { seconds } from '../../src/setup/say.ts'
import { addCounts, none, type Counts } from './counts.ts'
import { type FileResult, killRunning, runFiles } from './run-file.ts'
import type { TestStage } from './stages.ts'

export const root = path.resolve(import.meta.dirname, '../..')

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    killRunning()
    process.exit(130)
  })
}

/** The test files of a stage, or those with one of the texts in their path, in order; absolute. */
export function filesOf(stage: TestStage, filters: string[] = []): string[] {
  return globSync(`test/${stage}/**/*.test.ts`, { cwd: root })
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort()
    .map((file) => path.join(root, file))
}

/** Files still to be run, which are taken away from the front. */
export interface Queue {
  files: string[]
  /** How many of these one process runs. */
  take: (left: number) => number
}

/** For tests that take long: most of their time is in processes of their own anyway. */
export function alone(files: string[]): Queue {
  return { files, take: () => 1 }
}

/**
 * Some files in a process: loading the service takes as much of the processor as the tests of a file do. The fewer are left,
 * the fewer at once, so that no lane still has many to run when the others have ended; few of them are alone.
 */
export function inBatches(files: string[]): Queue {
  return { files, take: (left) => Math.min(6, Math.ceil(left / 8)) }
}

/** Dealt to this many processes. */
export function dealt(files: string[], count: number): Queue[] {
  const hands = Array.from({ length: Math.min(count, files.length) }, (): string[] => [])
  for (const [index, file] of files.entries()) hands[index % count]?.push(file)
  return hands.map((files) => ({ files, take: (left) => left }))
}

/**
 * Runs test files, in as many processes at once as there are lanes; each takes from the first of its queues that has any left,
 * which may be other lanes' too. Prints a line per file when its process ends, and of what failed all there is to know.
 */
export async function runTestFiles(lanes: Queue[][]): Promise<Counts> {
  let counts = none
  const work = async (queues: Queue[]) => {
    const next = () => queues.find(({ files }) => files.length > 0)
    for (let queue = next(); queue !== undefined; queue = next()) {
      const files = queue.files.splice(0, queue.take(queue.files.length))
      for (const result of await runFiles(files)) {
        print(result)
        const { passed, skipped, failures } = result
        counts = addCounts(counts, { passed, skipped, failed: failures.length })
      }
    }
  }
  await Promise.all(lanes.map(work))
  return counts
}

function print({ file, passed, skipped, failures, output, milliseconds }: FileResult): void {
  const failed = failures.length
  const parts = [
    `${passed} passed`,
    ...(failed ? [`${failed} failed`] : []),
    ...(skipped ? [`${skipped} skipped`] : []),
  ]
  console.log(
    `${failed === 0 ? '✔' : '✖'} ${relative(root, file)}  ${parts.join(', ')}  ${seconds(milliseconds)}`,
  )
  if (failed === 0) return
  for (const { name, file, line, text } of failures) {
    console.log(`  ✖ ${name}  (${relative(root, file)}:${line})\n${text.replaceAll(/^/gm, '      ')}`)
  }
  if (output.trim()) console.log(`    its output:\n${output.trimEnd().replaceAll(/^/gm, '    | ')}`)
}
