import { inspect } from 'node:util'
import { BuildFailure, messageOf, QaackError } from '../../errors.ts'

/** 1 = it was asked for rightly but could not be done; 2 = it was asked for wrongly; 130 = stopped with Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130

/** An end with a sentence for the person at the terminal; an empty message ends without a word. */
export class CliFailure extends Error {
  readonly exitCode: ExitCode

  constructor(message: string, facts: { exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'CliFailure'
    this.exitCode = facts.exitCode ?? 1
  }
}

export function wrongUse(message: string): CliFailure {
  return new CliFailure(message, { exitCode: 2 })
}

export function interrupted(): CliFailure {
  return new CliFailure('', { exitCode: 130 })
}

/** What is written on stderr, without a line break at its end, and the code the process ends with. */
export function describeFailure(error: unknown, debug: boolean): { text: string; exitCode: ExitCode } {
  const exitCode = error instanceof CliFailure ? error.exitCode : 1
  const sentence = sentenceOf(error)
  if (!debug || sentence === '') return { text: sentence, exitCode }
  return { text: `${sentence}\n${inspect(error)}`, exitCode }
}

function sentenceOf(error: unknown): string {
  if (error instanceof CliFailure) return error.message && `qaack: ${error.message}`
  if (error instanceof QaackError)
    return `qaack: ${[error.message, error.unsaidRemedy].filter(Boolean).join('\n')}`
  if (error instanceof BuildFailure) return `qaack: ${error.message}`
  return `qaack: ${messageOf(error)}\nThis was not foreseen. Run it again with --debug and report what it prints.`
}
