import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../clock.ts'
import { giveBackWhenQuiet } from '../../memory.ts'
import { openUnwatched } from '../sql/open.ts'
import type { UnwatchedStore } from '../sql/unwatched.ts'
import { sqliteDialect } from './dialect.ts'
import { sentError, type Answer, type Call } from './wire.ts'

// Run by store-thread.ts as a thread of its own, which has the database. Each message is a list of calls; each answer is a
// list of answers. All calls of one message begin at once, so that their commits are written as one.
let opened: Promise<UnwatchedStore> | undefined
const answers: Answer[] = []
parentPort?.on('message', (calls: Call[]) => {
  for (const call of calls) void answer(call)
})
// If that fails, memory is kept, and nothing else is lost.
giveBackWhenQuiet({ clock: systemClock, ending: new AbortController().signal, failed: () => undefined })

type Method = (...given: unknown[]) => Promise<unknown>

async function answer({ id, method, given }: Call): Promise<void> {
  try {
    const store = method === 'close' ? await opened : await (opened ??= open())
    const methods = store as unknown as Record<Call['method'], Method> | undefined
    send({ id, value: await methods?.[method](...given) })
  } catch (error) {
    send({ id, error: sentError(error) })
  }
}

/** What cannot be opened now may be later: the next call tries it again. */
async function open(): Promise<UnwatchedStore> {
  try {
    return await openUnwatched(sqliteDialect(String(workerData)))
  } catch (error) {
    opened = undefined
    throw error
  }
}

/** What is answered in one turn goes as one message. */
function send(one: Answer): void {
  if (answers.push(one) === 1) setImmediate(() => parentPort?.postMessage(answers.splice(0)))
}
