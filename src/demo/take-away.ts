import { rmSync } from 'node:fs'
import { until } from '../setup/server-process.ts'
import { labelled, removeLabelled } from './leftovers.ts'
import type { Play, Stage } from './play.ts'
import type { Presses } from './presses.ts'
import { tell } from './terminal.ts'

/**
 * Takes everything of a demo away, also after a failure. A press means not to wait for the server: then it is killed, and
 * what it made is removed by force, as it is where the server is gone or fails at it.
 */
export async function takeAway(play: Play, stage: Stage, label: string, presses: Presses): Promise<void> {
  tell.step('Taking everything away')
  const { server, docker, folder } = stage
  const hurry = presses.next()
  // first, so that a show that was interrupted has nothing to go on with
  await play[Symbol.asyncDispose]()
  const output = server.running ? '' : server.output
  try {
    const how = await Promise.race([gently(stage, label), hurry.then(() => 'in a hurry' as const)])
    if (how !== 'gone') await byForce(stage, label, presses)
    if (how instanceof Error) throw how
  } finally {
    rmSync(server.dataDir, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
  if (output) throw new Error(`The server ended by itself. It said:\n${output}`)
  const left = await labelled(docker, label)
  if (left.length > 0) throw new Error(`This is left on the engine: ${left.join(', ')}`)
  tell.proven('no container, network, volume or image of the demo is left on the engine')
}

/** By the server; gives why not all is gone, if so. */
async function gently({ server, docker }: Stage, label: string): Promise<'gone' | 'dead' | Error> {
  if (!server.running) return 'dead'
  try {
    // deletes the repositories with their environments, waits for that, and ends the server
    await server[Symbol.asyncDispose]()
    const isEmpty = async () => (await labelled(docker, label)).length === 0
    await until(isEmpty, 'the engine has nothing of the demo left', 30)
    return 'gone'
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

async function byForce({ server, docker }: Stage, label: string, presses: Presses): Promise<void> {
  tell.plain('  by force')
  void presses.next().then(() => {
    tell.failed(`Not all was taken away: docker ps --all --filter label=${label} shows what is left.`)
    process.exit(1)
  })
  await server.stop('SIGKILL')
  // the engine may still be at what the server asked it for last
  const isEmpty = async () => {
    await removeLabelled(docker, label).catch(() => undefined)
    return (await labelled(docker, label)).length === 0
  }
  await until(isEmpty, 'the engine has nothing of the demo left', 30)
}
