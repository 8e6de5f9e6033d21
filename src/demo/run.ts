/**
 * `npm run demo`: the service on its embedded defaults with a sample repository of two branches; their builds, live;
 * proof that the previews answer; a push and its rebuild. Stays up until Ctrl-C, then takes everything away.
 * `-- --once`: takes everything away at once and ends with 0.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type Docker from 'dockerode'
import { settings } from '../config/schema.ts'
import { messageOf } from '../errors.ts'
import { ensureBaseImages } from '../setup/base-image.ts'
import { ensureEngine } from '../setup/engine.ts'
import { ServerProcess, until } from '../setup/server-process.ts'
import { portIfFree } from './free-port.ts'
import { labelled, removeLabelled } from './leftovers.ts'
import { showDemo } from './show.ts'
import { tell } from './terminal.ts'

const interrupted = new Error('Stopped before the end.')

// a stream that an interrupted show still reads must not keep us
process.exit(await main(process.argv.slice(2)))

async function main(args: string[]): Promise<number> {
  const unknown = args.find((word) => word !== '--once')
  if (unknown !== undefined) {
    tell.failed(`npm run demo knows no ${unknown}; it takes --once, which ends it as soon as all is shown.`)
    return 2
  }
  try {
    // a signal ends this part as it is: nothing is to be taken away yet
    const { docker, host } = await ensureEngine({ say: tell.setup })
    await ensureBaseImages({ docker, say: tell.setup })
    await demo(docker, host, args.includes('--once'))
    return 0
  } catch (error) {
    tell.failed(messageOf(error))
    return error === interrupted ? 130 : 1
  }
}

async function demo(docker: Docker, host: string, once: boolean): Promise<void> {
  const stop = stopSignal()
  forgetSettings()
  const port = await portIfFree(3000)
  const server = await ServerProcess.start({ DOCKER_HOST: host }, port, { detached: true })
  const instance = readFileSync(path.join(server.dataDir, 'instance'), 'utf8').trim()
  const folder = mkdtempSync(path.join(tmpdir(), 'qaack-demo-'))
  try {
    const shown = showDemo(server, folder)
    await Promise.race([shown, stop.then(() => Promise.reject(interrupted))])
    if (!once) {
      tell.step('It stays up until you press Ctrl-C.')
      await stop
    }
  } finally {
    await takeAway(server, docker, `qaack.instance=${instance}`)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Also after a failure; where the server is gone, in its place. */
async function takeAway(server: ServerProcess, docker: Docker, label: string): Promise<void> {
  tell.step('Taking everything away')
  const output = server.running ? '' : server.output
  // deletes the repository with its environments, waits for that, and ends the server
  await server[Symbol.asyncDispose]()
  if (output) {
    await removeLabelled(docker, label)
    throw new Error(`The server ended by itself. It said:\n${output}`)
  }
  await until(
    async () => (await labelled(docker, label)).length === 0,
    'the engine has nothing of the demo left',
    30,
  )
  tell.proven('no container, network, volume or image of the demo is left on the engine')
}

/** The demo is about the defaults: what the surroundings set for a real server is not for this one. */
function forgetSettings(): void {
  for (const { env } of Object.values(settings)) Reflect.deleteProperty(process.env, env)
}

/** Resolves at the first signal to end; the second one ends at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let seen = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (seen) process.exit(1)
        seen = true
        resolve()
      })
    }
  })
}
