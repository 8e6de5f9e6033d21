import type { Fault } from './qaackfile.ts'

/** A fault before it has its line: `offset` counts UTF-16 units in the clean source (see source.ts). */
export interface Problem {
  offset: number
  path: string
  message: string
}

/** One line each, `file:line:column path: message`, as editors and terminals understand it. */
export function faultsAsText(faults: Fault[]): string {
  return faults.map(faultAsText).join('\n')
}

/** Places problems in the file, in the order of their places, each told once. */
export function placeProblems(source: { file: string; text: string }, problems: Problem[]): Fault[] {
  const starts = lineStarts(source.text)
  const faults = problems
    .toSorted((one, other) => one.offset - other.offset)
    .map(({ offset, path, message }) => ({ file: source.file, ...positionAt(starts, offset), path, message }))
  const seen = new Map(faults.map((fault) => [faultAsText(fault), fault]))
  return [...seen.values()].slice(0, mostFaults)
}

/** More than anybody reads; a hostile file must not make a report of megabytes. */
const mostFaults = 100

function faultAsText(fault: Fault): string {
  return `${fault.file}:${fault.line}:${fault.column} ${fault.path}${fault.path ? ': ' : ''}${fault.message}`
}

/** Offsets at which the lines of a text start; line breaks are `\n`. */
export function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Line and column, both from 1, of an offset. */
export function positionAt(starts: number[], offset: number): { line: number; column: number } {
  const line = lastAtMost(starts, offset)
  return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 }
}

/** Index of the last entry of a growing list that is not above `value`; 0 if all are. */
export function lastAtMost(sorted: number[], value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((sorted[middle] ?? 0) <= value) low = middle
    else high = middle - 1
  }
  return low
}
