import type { EventData } from 'node:test'
import { inspect } from 'node:util'

/** What the runner is told of test files by the process that runs them (see together.ts): one JSON text per line. */
export type Line =
  /** Its tests begin: what follows is of this file, until the next one. */
  | { kind: 'file'; file: string }
  | { kind: 'file ended'; milliseconds: number }
  | { kind: 'passed' | 'skipped' }
  /** `file`: where the test stands, which may be one that the test file imports. */
  | { kind: 'failed'; name: string; file: string; line: number; text: string }
  /** A test, or a suite, with nothing said of its end yet. */
  | { kind: 'begun' | 'ended'; name: string; line: number }
  /** Something went wrong in a test that had ended, which makes the process end with 1. */
  | { kind: 'late'; text: string }
  /** All tests have ended: a process that ends without this did not run to its end. */
  | { kind: 'done' }

type Event =
  | { type: 'test:start'; data: EventData.TestStart }
  | { type: 'test:dequeue'; data: EventData.TestDequeue }
  | { type: 'test:complete'; data: EventData.TestComplete }
  | { type: 'test:pass'; data: EventData.TestPass }
  | { type: 'test:fail'; data: EventData.TestFail }
  | { type: 'test:diagnostic'; data: EventData.TestDiagnostic }
  | { type: 'test:summary'; data: EventData.TestSummary }

/** A reporter for node:test. */
export async function* report(events: AsyncIterable<Event>): AsyncGenerator<string> {
  for await (const event of events) {
    const line = lineOf(event)
    if (line) yield `${JSON.stringify(line)}\n`
  }
}

// the one place where node:test wants a default
export { report as default }

function lineOf(event: Event): Line | undefined {
  if (event.type === 'test:summary') return { kind: 'done' }
  if (event.type === 'test:diagnostic') return lateOf(event.data)
  const { name, nesting, line = 0 } = event.data
  // Each file is a suite that is in no other, and named by its path.
  const isFile = nesting === 0
  if (event.type === 'test:dequeue')
    return isFile ? { kind: 'file', file: name } : { kind: 'begun', name, line }
  if (event.type === 'test:complete') {
    const { duration_ms: milliseconds } = event.data.details
    return isFile ? { kind: 'file ended', milliseconds } : { kind: 'ended', name, line }
  }
  if (event.type === 'test:fail') return failureOf(event.data)
  // Of other kinds there are many more.
  if (event.type !== 'test:pass' || event.data.details.type === 'suite') return undefined
  return { kind: event.data.skip !== undefined || event.data.todo !== undefined ? 'skipped' : 'passed' }
}

/** node:test counts here, too. */
function lateOf({ message }: EventData.TestDiagnostic): Line | undefined {
  return message.includes('asynchronous activity after the test ended')
    ? { kind: 'late', text: message }
    : undefined
}

/** A suite that failed only because something in it did has nothing of its own to say. */
function failureOf({ name, nesting, file = '', line = 0, details }: EventData.TestFail): Line | undefined {
  const { error } = details
  const { failureType } = error as { failureType?: string }
  if (failureType === 'subtestsFailed' && details.type === 'suite') return undefined
  const what = nesting === 0 ? { name: 'the file', file: name, line: 1 } : { name, file, line }
  const text = tell(failureType === 'testTimeoutFailure' ? error : (error.cause ?? error))
  return { kind: 'failed', ...what, text }
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
