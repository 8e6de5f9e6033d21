import { randomUUID } from 'node:crypto'
import type { ExecResult, ExecSpec } from '../engine.ts'
import { begin, follow } from './command.ts'
import type { Connection } from './connection.ts'
import { killCommand, marker } from './kill.ts'
import type { OutOfMemory } from './out-of-memory.ts'

/** Runs a command in a container that runs, passes its output on, and takes all of it away when the signal fires. */
export async function exec(
  connection: Connection,
  id: string,
  spec: ExecSpec,
  memory: OutOfMemory,
): Promise<ExecResult> {
  spec.signal?.throwIfAborted()
  const wasKilled = await memory.watch(id)
  const mark = randomUUID()
  const execId = await begin(connection, id, { ...spec, variables: { ...spec.variables, [marker]: mark } })
  try {
    const exitCode = await follow(connection, execId, spec)
    return { exitCode, outOfMemory: await wasKilled(exitCode !== 0 && !spec.ignoresMemory) }
  } catch (error) {
    // Also when the line to the engine broke: what nobody waits for any more shall not go on.
    await killCommand(connection, id, { execId, mark, user: spec.user })
    spec.signal?.throwIfAborted()
    throw error
  }
}
