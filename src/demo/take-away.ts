import { rmSync } from 'node:fs'
import type { Play, Stage } from './play.ts'
import { until } from '../setup/server-process.ts'
import { labelled, removeLabelled } from './leftovers.ts'
import type { Presses } from './presses.ts'
import { tell } from './terminal.ts'

/**
 * Takes everything of a demo away, also after a failure; where the server is gone, in its place. A press means not to wait
 * for the server: then it is killed and what it made is removed by force.
 */
export async function takeAway(play: Play, stage: Stage, label: string, presses: Presses): Promise<void> {
  tell.step('Taking everything away')
  const { server, docker, folder } = stage
  const hurry = presses.next()
  // first, so that a show that was interrupted has nothing to go on with
  await play[Symbol.asyncDispose]()
  const output = server.running ? '' : server.output
  try {
    const gentle = gently(stage, label, output !== '')
    const isDone = await Promise.race([gentle.then(() => true), hurry.then(() => false)])
    if (!isDone) {
      gentle.catch(() => undefined)
      await byForce(stage, label, presses)
    }
  } finally {
    rmSync(server.dataDir, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
  if (output) throw new Error(`The server ended by itself. It said:\n${output}`)
  const left = await labelled(docker, label)
  if (left.length > 0) throw new Error(`This is left on the engine: ${left.join(', ')}`)
  tell.proven('no container, network, volume or image of the demo is left on the engine')
}

async function gently({ server, docker }: Stage, label: string, isDead: boolean): Promise<void> {
  // deletes the repositories with their environments, waits for that, and ends the server
  await server[Symbol.asyncDispose]()
  if (isDead) return removeLabelled(docker, label)
  const isEmpty = async () => (await labelled(docker, label)).length === 0
  await until(isEmpty, 'the engine has nothing of the demo left', 30)
}

async function byForce({ server, docker }: Stage, label: string, presses: Presses): Promise<void> {
  tell.plain('  at once')
  void presses.next().then(() => {
    tell.failed(`Not all was taken away: docker ps --all --filter label=${label} shows what is left.`)
    process.exit(1)
  })
  await server.stop('SIGKILL')
  await removeLabelled(docker, label)
}
