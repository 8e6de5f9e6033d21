import { globSync } from 'node:fs'
import path from 'node:path'
import { seconds } from '../../src/setup/say.ts'
import { addCounts, none, type Counts } from './counts.ts'
import { type FileResult, killRunning, runFile } from './run-file.ts'
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

/**
 * Runs test files, as many at once as there are lanes; each lane takes the first file that is left in its queues, which are
 * emptied by that and may be other lanes' too. Prints a line per file as it ends, and of what failed all there is to know.
 */
export async function runTestFiles(lanes: string[][][]): Promise<Counts> {
  let counts = none
  const work = async (queues: string[][]) => {
    const next = () => queues.find((files) => files.length > 0)?.shift()
    for (let file = next(); file !== undefined; file = next()) {
      const result = await runFile(file)
      print(path.relative(root, file), result)
      const { passed, skipped, failures } = result
      counts = addCounts(counts, { passed, skipped, failed: failures.length })
    }
  }
  await Promise.all(lanes.map(work))
  return counts
}

function print(file: string, { passed, skipped, failures, output, milliseconds }: FileResult): void {
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
