import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Line } from './lines-reporter.ts'
import { readReport, type FileReport } from './read-report.ts'

/** After this long a test is taken to hang, unless it names its own time; and after this long without a word, a process is. */
const patience = { test: 120_000, process: 600_000 }

export interface FileResult extends FileReport {
  /** What the process printed, both outputs. */
  output: string
}

const running = new Set<number>()

/** What one file has compiled, the next ones and the servers that they start need not compile again. */
const compileCache = path.resolve(import.meta.dirname, '../../node_modules/.cache/tests')

/**
 * Runs test files one after the other in one process, which has a process group of its own: a start takes longer than most
 * files do. Whatever of the group is left when the process has ended is killed, and so is a process that does not end: a test
 * that leaves something open fails instead of holding up the rest. What a file keeps from running is run again without it.
 */
export async function runFiles(files: string[]): Promise<FileResult[]> {
  const started = performance.now()
  const folder = mkdtempSync(path.join(tmpdir(), 'qaack-test-'))
  try {
    const report = path.join(folder, 'report')
    const { end, output } = await execute(files, report)
    const { results, left } = readReport(files, linesOf(report), end)
    const alone = files.length === 1 ? { milliseconds: performance.now() - started } : {}
    const told = results.map((result) => ({ ...result, ...alone, output }))
    return left.length === 0 ? told : [...told, ...(await runFiles(left))]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Ends what runs now; for a runner that is told to stop. */
export function killRunning(): void {
  for (const pid of running) killGroup(pid)
}

function execute(files: string[], report: string): Promise<{ end: string; output: string }> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    `--test-timeout=${patience.test}`,
    `--test-reporter=${path.join(import.meta.dirname, 'lines-reporter.ts')}`,
    `--test-reporter-destination=${report}`,
    path.join(import.meta.dirname, 'together.ts'),
    ...files,
  ]
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_COMPILE_CACHE: compileCache }
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const pid = child.pid ?? 0
    running.add(pid)
    let output = ''
    let end = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    }
    const watch = onSilence(report, () => {
      end = `did not end, with nothing new for ${patience.process / 1000} s: something is left open, or hangs`
      killGroup(pid)
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearInterval(watch)
      killGroup(pid)
      running.delete(pid)
      if (end === '' && code !== 0) end = signal ? `was ended by ${signal}` : `ended with ${code}`
    })
    child.on('close', () => resolve({ end, output }))
  })
}

/** Calls once the report has not grown for too long. */
function onSilence(report: string, act: () => void): NodeJS.Timeout {
  let said = 0
  let since = performance.now()
  return setInterval(() => {
    const size = statSync(report, { throwIfNoEntry: false })?.size ?? 0
    if (size !== said) since = performance.now()
    said = size
    if (performance.now() - since > patience.process) act()
  }, 1000)
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // nothing of the group is left
  }
}

function linesOf(report: string): Line[] {
  if (!existsSync(report)) return []
  // what comes after the last one was broken off
  const whole = readFileSync(report, 'utf8').split('\n').slice(0, -1)
  return whole.map((line) => JSON.parse(line) as Line)
}
