import path from 'node:path'
import { finished } from 'node:stream/promises'
import { run } from 'node:test'
import type { EventData } from 'node:test'
import { inspect } from 'node:util'
import { seconds } from '../../src/setup/say.ts'
import type { Counts } from './counts.ts'

/** After this long a file is taken to hang. */
const patience = 300_000

interface FileReport {
  failures: string[]
  output: string
}

/** Runs test files, each in its own process; prints a line per file, and of what failed all there is to know. */
export async function runTestFiles(
  files: string[],
  { root, concurrency }: { root: string; concurrency: number },
): Promise<Counts> {
  const reports = new Map<string, FileReport>()
  const reportOf = (file = '') => {
    const report = reports.get(file) ?? { failures: [], output: '' }
    reports.set(file, report)
    return report
  }
  let counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  const events = run({ files, concurrency, timeout: patience, cwd: root })
  events.on('test:fail', (data) => collect(reportOf(data.file), data, root))
  for (const stream of ['test:stdout', 'test:stderr'] as const) {
    events.on(stream, (data: EventData.TestStdout) => (reportOf(data.file).output += data.message))
  }
  events.on('test:summary', (data) => {
    if (data.file === undefined) counts = countsOf(data)
    else printFile(data, reportOf(data.file), root)
  })
  await finished(events.resume())
  printLeftovers(reports, root)
  return counts
}

function countsOf({ counts }: EventData.TestSummary): Counts {
  return {
    passed: counts.passed,
    failed: counts.tests - counts.passed - counts.skipped - counts.todo,
    skipped: counts.skipped + counts.todo,
  }
}

/** A suite or file that failed only because something in it did has nothing of its own to say. */
function collect(report: FileReport, data: EventData.TestFail, root: string): void {
  const error = data.details.error
  if ((error as { failureType?: string }).failureType === 'subtestsFailed') return
  const place = data.file ? `${path.relative(root, data.file)}:${data.line ?? 0}` : ''
  report.failures.push(
    `  ✖ ${data.name}  (${place})\n${tell(error.cause ?? error).replaceAll(/^/gm, '      ')}`,
  )
}

/** An error with its causes and its way through our files, without the test runner's own. */
function tell(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error)
  const stack = (error.stack ?? String(error))
    .split('\n')
    .filter((line) => !/^ +at .*node:internal/.test(line))
  const cause = error.cause === undefined ? [] : [`caused by: ${tell(error.cause)}`]
  const joined = error instanceof AggregateError ? error.errors.map((each) => `one of: ${tell(each)}`) : []
  return [...stack, ...cause, ...joined].join('\n')
}

function printFile(data: EventData.TestSummary, report: FileReport, root: string): void {
  const { passed, failed, skipped } = countsOf(data)
  const parts = [
    `${passed} passed`,
    ...(failed ? [`${failed} failed`] : []),
    ...(skipped ? [`${skipped} skipped`] : []),
  ]
  const name = path.relative(root, data.file ?? '')
  console.log(`${failed === 0 ? '✔' : '✖'} ${name}  ${parts.join(', ')}  ${seconds(data.duration_ms)}`)
  if (failed > 0) printFailures(report)
  forget(report)
}

function printFailures({ failures, output }: FileReport): void {
  for (const failure of failures) console.log(failure)
  if (output.trim()) console.log(`    its output:\n${output.trimEnd().replaceAll(/^/gm, '    | ')}`)
}

/** What is told once is not told again. */
function forget(report: FileReport): void {
  report.failures = []
  report.output = ''
}

/** A file that could not even be loaded has no summary of its own. */
function printLeftovers(all: Map<string, FileReport>, root: string): void {
  for (const [file, report] of all) {
    if (report.failures.length === 0) continue
    console.log(`✖ ${path.relative(root, file)}`)
    printFailures(report)
  }
}
