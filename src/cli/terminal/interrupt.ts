import { interrupted } from './failure.ts'

/**
 * Runs work that a person may stop: at the first Ctrl-C its signal fires and the command ends with 130 after `farewell`;
 * a second one ends the process at once.
 */
export async function untilInterrupted<T>(
  work: (signal: AbortSignal) => Promise<T>,
  farewell?: () => void,
): Promise<T> {
  const stopped = new AbortController()
  const stop = () => stopped.abort(interrupted())
  // SIGTERM too: whoever ends us politely means the same.
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    return await work(stopped.signal)
  } catch (error) {
    if (!stopped.signal.aborted) throw error
    farewell?.()
    throw interrupted()
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}
