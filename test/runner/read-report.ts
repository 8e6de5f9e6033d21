import path from 'node:path'
import type { Line } from './lines-reporter.ts'

export interface FileReport {
  file: string
  passed: number
  skipped: number
  /** `file`: where the test stands, which may be one that the test file imports. */
  failures: { name: string; file: string; line: number; text: string }[]
  milliseconds: number
}

/** What is wrong with the process, beyond the tests that failed in it, and the files that it may be because of. */
interface Fault {
  suspects: string[]
  text: string
}

/**
 * What a process that ran `files` tells of each. `end`: what is wrong with how it ended, '' if nothing is. That fails the file
 * that it happened in or, where nobody knows, the first that it may have been. `left`: the others that have not run to their
 * end because of it.
 */
export function readReport(
  files: string[],
  lines: Line[],
  end: string,
): { results: FileReport[]; left: string[] } {
  const sections = sectionsOf(lines)
  const reports = files.map((file) => reportOf(file, sections.get(file) ?? []))
  if (lines.some(({ kind }) => kind === 'done')) {
    return { results: withFaults(reports, faultsOf(files, lines, end)), left: [] }
  }
  const unended = files.filter((file) => !sections.get(file)?.some(({ kind }) => kind === 'file ended'))
  const inside = unended.filter((file) => sections.has(file))
  const suspects = [inside, unended, files].find(({ length }) => length > 0) ?? []
  const left = unended.filter((file) => file !== suspects[0])
  const text = brokenOff(sections.get(suspects[0] ?? '') ?? [], end)
  const known = reports.filter(({ file }) => !left.includes(file))
  return { results: withFaults(known, [{ suspects, text }]), left }
}

/** The lines of each file that began. */
function sectionsOf(lines: Line[]): Map<string, Line[]> {
  const sections = new Map<string, Line[]>()
  let current: Line[] = []
  for (const line of lines) {
    if (line.kind === 'file') sections.set(line.file, (current = []))
    else current.push(line)
  }
  return sections
}

function reportOf(file: string, lines: Line[]): FileReport {
  return {
    file,
    passed: lines.filter(({ kind }) => kind === 'passed').length,
    skipped: lines.filter(({ kind }) => kind === 'skipped').length,
    failures: lines.filter((line) => line.kind === 'failed'),
    milliseconds: lines.find((line) => line.kind === 'file ended')?.milliseconds ?? 0,
  }
}

/** All files have run; but what they left open may have failed, or kept the process from ending. */
function faultsOf(files: string[], lines: Line[], end: string): Fault[] {
  const late = lines
    .filter((line) => line.kind === 'late')
    .map(({ text }) => ({ suspects: suspectsOf(text, files), text }))
  const hasFailed = late.length > 0 || lines.some(({ kind }) => kind === 'failed')
  if (end === '' || (hasFailed && !end.startsWith('did not end'))) return late
  return [...late, { suspects: files, text: `All its tests have ended, but the file ${end}.` }]
}

/** node:test names the file as seen from the folder that it was started in. */
function suspectsOf(text: string, files: string[]): string[] {
  const named = files.filter((file) => text.includes(path.relative(process.cwd(), file)))
  return named.length > 0 ? named : files
}

function brokenOff(lines: Line[], end: string): string {
  const open = openOnes(lines)
  const names = open.length > 0 ? ` Begun and not ended: ${open.join(', ')}.` : ''
  return `The file did not run to its end${end ? `: it ${end}` : ''}.${names}`
}

/** The tests that began and did not end, which are those that hang, or that the process ended in. */
function openOnes(lines: Line[]): string[] {
  const open = new Set<string>()
  for (const line of lines) {
    if (line.kind === 'begun') open.add(`${line.name} (line ${line.line})`)
    if (line.kind === 'ended') open.delete(`${line.name} (line ${line.line})`)
  }
  return [...open]
}

function withFaults(reports: FileReport[], faults: Fault[]): FileReport[] {
  return reports.map((report) => {
    const { file, passed, skipped } = report
    const own = faults.filter(({ suspects }) => suspects[0] === file).map(sentence)
    const failures = [...report.failures, ...own.map((text) => ({ name: 'the file', file, line: 1, text }))]
    const isEmpty = passed + skipped + failures.length === 0
    const none = { name: 'the file', file, line: 1, text: 'The file has no test.' }
    return { ...report, failures: isEmpty ? [none] : failures }
  })
}

function sentence({ suspects, text }: Fault): string {
  const names = suspects.map((file) => path.relative(process.cwd(), file)).join(', ')
  return suspects.length > 1 ? `${text} It may be because of any of these: ${names}.` : text
}
