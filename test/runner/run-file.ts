import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Line } from './lines-reporter.ts'

/** After this long a test is taken to hang, unless it names its own time; and after this long a process is. */
const patience = { test: 120_000, process: 600_000 }

export interface FileResult {
  file: string
  passed: number
  skipped: number
  failures: { name: string; line: number; text: string }[]
  /** What the process printed, both outputs. */
  output: string
  milliseconds: number
}

const running = new Set<number>()

/** What one file has compiled, the next ones and the servers that they start need not compile again. */
const compileCache = path.resolve(import.meta.dirname, '../../node_modules/.cache/tests')

/**
 * Runs test files, all in one process, which has a process group of its own: a start takes longer than most files do. What is
 * beside all tests in one file (`beforeEach`) then is so for those of the others. Whatever of the group is left when the
 * process has ended is killed, and so is a process that does not end: a test that leaves something open fails instead of
 * holding up the rest.
 */
export async function runFiles(files: string[]): Promise<FileResult[]> {
  const started = performance.now()
  const folder = mkdtempSync(path.join(tmpdir(), 'qaack-test-'))
  try {
    const report = path.join(folder, 'report')
    const { end, output } = await execute(files, report)
    const lines = linesOf(report)
    const fault = faultOf(lines, end)
    const alone = files.length === 1 ? performance.now() - started : undefined
    // What went wrong with the process is told with the file that it was in.
    const culprit = openOnes(lines)[0]?.file ?? ''
    const blamed = files.includes(culprit) ? culprit : files[0]
    return files.map((file) => {
      const own = lines.filter((line) => line.kind !== 'done' && fileOf(line, files, blamed) === file)
      const result = resultOf(own, file === blamed ? fault : '')
      return { file, ...result, output, milliseconds: alone ?? timeOf(own) }
    })
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
    ...(files.length === 1 ? [] : [path.join(import.meta.dirname, 'together.ts')]),
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
    const timer = setTimeout(() => {
      end = `did not end within ${patience.process / 1000} s: something is left open, or hangs`
      killGroup(pid)
    }, patience.process)
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

function resultOf(lines: Line[], fault: string): Pick<FileResult, 'passed' | 'skipped' | 'failures'> {
  const failures = lines.filter((line) => line.kind === 'failed')
  const passed = lines.filter(({ kind }) => kind === 'passed').length
  const skipped = lines.filter(({ kind }) => kind === 'skipped').length
  const text = fault || (lines.length === 0 ? 'The file has no test.' : '')
  return {
    passed,
    skipped,
    failures: text === '' ? failures : [...failures, { name: 'the file', line: 1, text }],
  }
}

/** One that could not be loaded is told under its own name. */
function fileOf(
  line: Exclude<Line, { kind: 'done' }>,
  files: string[],
  otherwise: string | undefined,
): string | undefined {
  if (files.includes(line.file)) return line.file
  return 'name' in line && files.includes(line.name) ? line.name : otherwise
}

function timeOf(lines: Line[]): number {
  return lines.reduce((sum, line) => sum + (line.kind === 'ended' ? line.milliseconds : 0), 0)
}

/** What is wrong with the process as a whole, beyond the tests that failed in it. */
function faultOf(lines: Line[], end: string): string {
  if (!lines.some(({ kind }) => kind === 'done')) {
    const open = openOnes(lines).map(({ text }) => text)
    const names = open.length === 0 ? '' : ` Begun and not ended: ${open.join(', ')}.`
    return `The file did not run to its end${end ? `: it ${end}` : ''}.${names}`
  }
  if (end.startsWith('did not end')) return `The file ${end}.`
  const hasFailed = lines.some(({ kind }) => kind === 'failed')
  return !hasFailed && end !== '' ? `All its tests passed, but the file ${end}.` : ''
}

/** The tests that began and did not end, which are those that hang, or that the process ended in. */
function openOnes(lines: Line[]): { file: string; text: string }[] {
  const open = new Map<string, { file: string; text: string }>()
  for (const line of lines) {
    if (line.kind !== 'begun' && line.kind !== 'ended') continue
    const text = `${line.name} (line ${line.line})`
    const key = `${line.file} ${text}`
    if (line.kind === 'begun') open.set(key, { file: line.file, text })
    else open.delete(key)
  }
  return [...open.values()]
}
