import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../clock.ts'
import { giveBackWhenQuiet } from '../../memory.ts'
import { openUnwatched } from '../sql/open.ts'
import { sqliteDialect } from './dialect.ts'
import { sentError, type Answer, type Call } from './wire.ts'

// Run by store-thread.ts as a thread of its own, which has the database. Each message is a list of calls; each answer is a
// list of answers. All calls of one message begin at once, so that their commits are written as one.
const store = openUnwatched(sqliteDialect(String(workerData)))
// Each call is told of it.
store.catch(() => undefined)
const answers: Answer[] = []
parentPort?.on('message', (calls: Call[]) => {
  for (const call of calls) void answer(call)
})
// If that fails, memory is kept, and nothing else is lost.
giveBackWhenQuiet({ clock: systemClock, ending: new AbortController().signal, failed: () => undefined })

type Method = (...given: unknown[]) => Promise<unknown>

async function answer({ id, method, given }: Call): Promise<void> {
  try {
    const methods = (await store) as unknown as Record<Call['method'], Method>
    send({ id, value: await methods[method](...given) })
  } catch (error) {
    send({ id, error: sentError(error) })
  }
}

/** What is answered in one turn goes as one message. */
function send(one: Answer): void {
  if (answers.push(one) === 1) setImmediate(() => parentPort?.postMessage(answers.splice(0)))
}
