import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

/** How much of the write-ahead log there is, in pages, and how much of that has been copied into the database. */
export interface LogState {
  log: number
  checkpointed: number
}

/** Milliseconds without work after which this thread ends. */
const idleTime = 60_000

// Run by checkpoints.ts as a thread of its own. Each message is the number of pages from which on copying is worth while;
// each answer is the state of the log then. A passive checkpoint keeps nobody waiting.
const database = new DatabaseSync(String(workerData), { timeout: 1000 })
database.exec('pragma synchronous = normal')
const end = setTimeout(() => {
  database.close()
  parentPort?.close()
}, idleTime)
parentPort?.on('message', (worthIt: number) => {
  const before = stateAfter('noop')
  const isWorthIt = before.log - before.checkpointed >= worthIt
  parentPort?.postMessage(isWorthIt ? stateAfter('passive') : before)
  end.refresh()
})

function stateAfter(kind: 'noop' | 'passive'): LogState {
  const { log, checkpointed } = database
    .prepare(`pragma wal_checkpoint(${kind})`)
    .get() as unknown as LogState
  return { log, checkpointed }
}
