import type { Options } from 'probot'
import type { Logger } from '../../logger.ts'

export type OctokitLog = NonNullable<Options['log']>

/** Our logger as Probot and Octokit call theirs: with facts or without. */
export function octokitLog(logger: Logger): OctokitLog {
  const pass =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (first: unknown, message = '') => {
      if (typeof first === 'string') logger[level]({}, first)
      else if (first instanceof Error) logger[level]({ err: bare(first) }, message || first.message)
      else logger[level](typeof first === 'object' && first !== null ? first : {}, message)
    }
  const log = {
    // Octokit tells of every request it makes.
    trace: () => undefined,
    debug: pass('debug'),
    info: pass('debug'),
    warn: pass('warn'),
    error: pass('error'),
    fatal: pass('error'),
    child: (facts: object) => octokitLog(logger.child(facts)),
  }
  // They use these methods only, of all that pino has.
  return log as unknown as OctokitLog
}

/**
 * An error without what Octokit hangs on it: whole deliveries with their signatures, also those of strangers, who could fill
 * the disk with them, and whole requests and answers.
 */
function bare({ name, message, stack }: Error): Error {
  const copy = new Error(message)
  return Object.assign(copy, { name, stack })
}
