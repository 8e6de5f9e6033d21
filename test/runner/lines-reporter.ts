import type { EventData } from 'node:test'
import { inspect } from 'node:util'

/** What the runner is told of test files by the process that runs them: one JSON text per line. */
export type Line =
  | { kind: 'passed' | 'skipped'; file: string }
  | { kind: 'failed'; file: string; name: string; line: number; text: string }
  /** A test, or a suite, with nothing said of its end yet. */
  | { kind: 'begun'; file: string; name: string; line: number }
  /** `milliseconds`: of one that is in no other; 0 for the others. */
  | { kind: 'ended'; file: string; name: string; line: number; milliseconds: number }
  /** All tests have ended: a process that ends without this did not run to its end. */
  | { kind: 'done' }

type Event =
  | { type: 'test:start'; data: EventData.TestStart }
  | { type: 'test:dequeue'; data: EventData.TestDequeue }
  | { type: 'test:complete'; data: EventData.TestComplete }
  | { type: 'test:pass'; data: EventData.TestPass }
  | { type: 'test:fail'; data: EventData.TestFail }
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
  const { name, line = 0, file = '' } = event.data
  if (event.type === 'test:dequeue') return { kind: 'begun', file, name, line }
  if (event.type === 'test:complete') {
    const { nesting, details } = event.data
    return { kind: 'ended', file, name, line, milliseconds: nesting === 0 ? details.duration_ms : 0 }
  }
  if (event.type === 'test:fail') return failureOf(event.data)
  // Of other kinds there are many more.
  if (event.type !== 'test:pass' || event.data.details.type === 'suite') return undefined
  const isSkipped = event.data.skip !== undefined || event.data.todo !== undefined
  return { kind: isSkipped ? 'skipped' : 'passed', file }
}

/** A suite that failed only because something in it did has nothing of its own to say. */
function failureOf({ name, line = 0, file = '', details }: EventData.TestFail): Line | undefined {
  const { error } = details
  const { failureType } = error as { failureType?: string }
  if (failureType === 'subtestsFailed' && details.type === 'suite') return undefined
  return {
    kind: 'failed',
    file,
    name,
    line,
    text: tell(failureType === 'testTimeoutFailure' ? error : (error.cause ?? error)),
  }
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
