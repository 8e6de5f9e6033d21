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

/** Files that one process runs, one after the other. */
export type Batch = string[]

/** Dealt into this many batches. */
export function batchesOf(files: string[], count: number): Batch[] {
  const batches = Array.from({ length: Math.min(count, files.length) }, (): Batch => [])
  for (const [index, file] of files.entries()) batches[index % count]?.push(file)
  return batches
}

/**
 * Runs test files, as many batches at once as there are lanes; each lane takes the first batch that is left in its queues,
 * which are emptied by that and may be other lanes' too. Prints a line per file when its batch ends, and of what failed all
 * there is to know.
 */
export async function runTestFiles(lanes: Batch[][][]): Promise<Counts> {
  let counts = none
  const work = async (queues: Batch[][]) => {
    const next = () => queues.find((batches) => batches.length > 0)?.shift()
    for (let batch = next(); batch !== undefined; batch = next()) {
      for (const result of await runFiles(batch)) {
        print(result)
        const { passed, skipped, failures } = result
        counts = addCounts(counts, { passed, skipped, failed: failures.length })
      }
    }
  }
  await Promise.all(lanes.map(work))
  return counts
}

function print({ file: path, passed, skipped, failures, output, milliseconds }: FileResult): void {
  const file = relative(root, path)
  const failed = failures.length
  const parts = [
    `${passed} passed`,
    ...(failed ? [`${failed} failed`] : []),
    ...(skipped ? [`${skipped} skipped`] : []),
  ]
  console.log(`${failed === 0 ? '✔' : '✖'} ${file}  ${parts.join(', ')}  ${seconds(milliseconds)}`)
  if (failed === 0) return
  for (const { name, line, text } of failures) {
    console.log(`  ✖ ${name}  (${file}:${line})\n${text.replaceAll(/^/gm, '      ')}`)
  }
  if (output.trim()) console.log(`    its output:\n${output.trimEnd().replaceAll(/^/gm, '    | ')}`)
}
