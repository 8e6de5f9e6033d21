import path from 'node:path'
import { seconds } from '../../src/setup/say.ts'
import { addCounts, none, type Counts } from './counts.ts'
import { type FileResult, killRunning, runFile } from './run-file.ts'

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    killRunning()
    process.exit(130)
  })
}

/** Runs test files, so many at once; prints a line per file as it ends, and of what failed all there is to know. */
export async function runTestFiles(
  files: string[],
  { root, concurrency }: { root: string; concurrency: number },
): Promise<Counts> {
  const waiting = [...files]
  let counts = none
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await runFile(file)
      print(path.relative(root, file), result)
      const { passed, skipped, failures } = result
      counts = addCounts(counts, { passed, skipped, failed: failures.length })
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
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
