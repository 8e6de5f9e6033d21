import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Line } from './lines-reporter.ts'

/** After this long a test is taken to hang, unless it names its own time; and after this long a file is. */
const patience = { test: 120_000, file: 600_000 }

export interface FileResult {
  passed: number
  skipped: number
  failures: { name: string; line: number; text: string }[]
  /** What the file printed, both outputs. */
  output: string
  milliseconds: number
}

const running = new Set<number>()

/** What one file has compiled, the next ones and the servers that they start need not compile again. */
const compileCache = path.resolve(import.meta.dirname, '../../node_modules/.cache/tests')

/**
 * Runs one test file in a process group of its own. Whatever of that group is left when the file has ended is killed,
 * and so is a file that does not end: a test that leaves something open fails instead of holding up the rest.
 */
export async function runFile(file: string): Promise<FileResult> {
  const started = performance.now()
  const folder = mkdtempSync(path.join(tmpdir(), 'qaack-test-'))
  try {
    const report = path.join(folder, 'report')
    const { end, output } = await execute(file, report)
    const lines = linesOf(report)
    return { ...resultOf(lines, end), output, milliseconds: performance.now() - started }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Ends what runs now; for a runner that is told to stop. */
export function killRunning(): void {
  for (const pid of running) killGroup(pid)
}

function execute(file: string, report: string): Promise<{ end: string; output: string }> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    `--test-timeout=${patience.test}`,
    `--test-reporter=${path.join(import.meta.dirname, 'lines-reporter.ts')}`,
    `--test-reporter-destination=${report}`,
    file,
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
    const timer = setTimeout(() => {
      end = `did not end within ${patience.file / 1000} s: something is left open, or hangs`
      killGroup(pid)
    }, patience.file)
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      killGroup(pid)
      running.delete(pid)
      if (end === '' && code !== 0) end = signal ? `was ended by ${signal}` : `ended with ${code}`
    })
    child.on('close', () => resolve({ end, output }))
  })
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // nothing of the group is left
  }
}

function linesOf(report: string): Line[] {
  try {
    return readFileSync(report, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line)
  } catch {
    return []
  }
}

function resultOf(lines: Line[], end: string): Omit<FileResult, 'output' | 'milliseconds'> {
  const failures = lines.filter((line) => line.kind === 'failed')
  const passed = lines.filter(({ kind }) => kind === 'passed').length
  const skipped = lines.filter(({ kind }) => kind === 'skipped').length
  const fault = faultOf(lines, end, failures.length)
  return {
    passed,
    skipped,
    failures: fault === '' ? failures : [...failures, { name: 'the file', line: 1, text: fault }],
  }
}

/** What is wrong with the file as a whole, beyond the tests that failed in it. */
function faultOf(lines: Line[], end: string, failed: number): string {
  if (!lines.some(({ kind }) => kind === 'done'))
    return `The file did not run to its end${end ? `: it ${end}` : ''}.${openOnes(lines)}`
  if (end.startsWith('did not end')) return `The file ${end}.`
  if (failed === 0 && end !== '') return `All its tests passed, but the file ${end}.`
  return lines.length === 1 ? 'The file has no test.' : ''
}

/** The tests that began and did not end, which are those that hang, or that it ended in. */
function openOnes(lines: Line[]): string {
  const open = new Set<string>()
  for (const line of lines) {
    if (line.kind !== 'begun' && line.kind !== 'ended') continue
    const text = `${line.name} (line ${line.line})`
    if (line.kind === 'begun') open.add(text)
    else open.delete(text)
  }
  return open.size === 0 ? '' : ` Begun and not ended: ${[...open].join(', ')}.`
}
