import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

/** Pages of the log from which on writers have to wait until it is begun anew: 64 MiB. */
const longest = 16_384
/** Milliseconds without work after which this thread ends. */
const idleTime = 30_000

// Run by checkpoints.ts as a thread of its own: each message asks for one checkpoint, each answer says that it was tried.
const database = new DatabaseSync(String(workerData), { timeout: 1000 })
database.exec('pragma synchronous = normal')
const end = setTimeout(() => {
  database.close()
  parentPort?.close()
}, idleTime)
parentPort?.on('message', () => {
  checkpoint()
  end.refresh()
  parentPort?.postMessage(null)
})

/** The first kind keeps nobody waiting, but while others write without a pause it never comes to the end of the log. */
function checkpoint(): void {
  const { log } = database.prepare('pragma wal_checkpoint(passive)').get() as { log: number }
  if (log > longest) database.exec('pragma wal_checkpoint(restart)')
}
