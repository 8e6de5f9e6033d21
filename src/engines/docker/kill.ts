import { ask } from './command.ts'
import type { Connection } from './connection.ts'
import { killScript } from './kill-script.ts'

/** Variable by which a command and its descendants are found again: they inherit it. */
export const marker = 'QAACK_EXEC'

const rounds = 20

/**
 * Kills a command and its descendants. The engine has no way to do that, so the container's own `sh` does it, first as
 * the command's user, who may see whose variables these are, then as root, who may kill what changed its user. Where
 * that does not work (an image without `sh`, no process to be had below the limit) the container is started anew. While the
 * container is paused this waits.
 */
export async function killCommand(
  connection: Connection,
  id: string,
  command: { execId: string; mark: string; user: string | undefined },
): Promise<void> {
  let sessions = ''
  for (let round = 0; round < rounds; round += 1) {
    if (!(await goesOn(connection, id))) return
    const own = await ask(
      connection,
      id,
      ['sh', '-c', killScript, 'sh', `${marker}=${command.mark}`, sessions],
      command.user,
    )
    sessions = joined(sessions, own)
    const root = await ask(
      connection,
      id,
      ['sh', '-c', killScript, 'sh', `${marker}=${command.mark}`, sessions],
      '0',
    )
    sessions = joined(sessions, root)
    if (!isReport(root) && (await stateOf(connection, id))?.Paused) continue
    if (!isReport(root)) break
    if (nothing(own) && nothing(root) && !(await isRunning(connection, command.execId))) return
    await connection.clock.sleep(20)
  }
  await restart(connection, id)
}

/** The script ends its report with `killed N`; everything before are the sessions it found. */
function isReport(report: string | undefined): boolean {
  return report !== undefined && /killed \d+\s*$/.test(report)
}

function nothing(report: string | undefined): boolean {
  return !isReport(report) || /killed 0\s*$/.test(report ?? '')
}

function joined(sessions: string, report: string | undefined): string {
  const found = [...(report ?? '').matchAll(/^session (\d+)$/gm)].map(([, session]) => session)
  return [...new Set([...sessions.split(' ').filter(Boolean), ...found])].join(' ')
}

async function isRunning(connection: Connection, execId: string): Promise<boolean> {
  const state = await connection.call('tell whether a command runs', (docker, abortSignal) =>
    docker.getExec(execId).inspect({ abortSignal }),
  )
  return state.Running
}

/**
 * Whether the container runs, once it is paused no more: nothing in it can be killed before, and starting it anew would
 * break what it was paused for. What pauses it lets it go on.
 */
async function goesOn(connection: Connection, id: string): Promise<boolean> {
  for (;;) {
    const state = await stateOf(connection, id)
    if (!state?.Paused) return state?.Running ?? false
    await connection.clock.sleep(100)
  }
}

async function stateOf(
  connection: Connection,
  id: string,
): Promise<{ Running: boolean; Paused: boolean } | undefined> {
  const found = await connection
    .call('tell whether a container runs', (docker, abortSignal) =>
      docker.getContainer(id).inspect({ abortSignal } as object),
    )
    .catch(() => undefined)
  return found?.State
}

async function restart(connection: Connection, id: string): Promise<void> {
  await connection.call('start a container anew', (docker, abortSignal) =>
    docker.getContainer(id).restart({ t: 0, abortSignal }),
  )
}
