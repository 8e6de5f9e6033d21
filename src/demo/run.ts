/**
 * `npm run demo`: the service on its embedded defaults with a sample repository of two branches; their builds, live;
 * proof that the previews answer; a push and its rebuild. Stays up until Ctrl-C, then takes everything away.
 * `-- --github`: the same shop on a GitHub that is played on this machine; changes, their comments, commands, a fork.
 * `-- --once`: takes everything away at once and ends with 0.
 */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type Docker from 'dockerode'
import { settings } from '../config/schema.ts'
import { messageOf } from '../errors.ts'
import { ensureBaseImages } from '../setup/base-image.ts'
import { ensureEngine } from '../setup/engine.ts'
import { ServerProcess } from '../setup/server-process.ts'
import { readArguments, type Wish } from './arguments.ts'
import { portIfFree } from './free-port.ts'
import type { Play, Stage } from './play.ts'
import { listenForPresses, type Presses } from './presses.ts'
import { showBranches } from './show.ts'
import { takeAway } from './take-away.ts'
import { tell } from './terminal.ts'

const interrupted = new Error('Stopped before the end.')

// a stream that an interrupted show still reads must not keep us
process.exit(await main(process.argv.slice(2)))

async function main(words: string[]): Promise<number> {
  const wish = readArguments(words)
  if ('refused' in wish) {
    tell.failed(wish.refused)
    return 2
  }
  try {
    // a signal ends this part as it is: nothing is to be taken away yet
    const { docker, host } = await ensureEngine({ say: tell.setup })
    await ensureBaseImages({ docker, say: tell.setup })
    await demo(docker, host, wish)
    return 0
  } catch (error) {
    tell.failed(messageOf(error))
    return error === interrupted ? 130 : 1
  }
}

async function demo(docker: Docker, host: string, wish: Wish): Promise<void> {
  const presses = listenForPresses()
  const stop = presses.next()
  forgetSettings()
  const play = await playOf(wish)
  const stage = await stageFor(play, docker, host).catch(async (error: unknown) => {
    await play[Symbol.asyncDispose]()
    throw error
  })
  const instance = readFileSync(path.join(stage.server.dataDir, 'instance'), 'utf8').trim()
  try {
    await beforePress(stop, play.show(stage))
    await (wish.once ? beforePress(stop, play.finish(stage)) : lookAround(play, stage, stop, presses))
  } finally {
    await takeAway(play, stage, `qaack.instance=${instance}`, presses)
  }
}

/** The GitHub is a package for development, so that it is loaded only if it is to be played. */
async function playOf({ github }: Wish): Promise<Play> {
  return github ? (await import('./changes/show.ts')).showChanges() : showBranches()
}

async function stageFor(play: Play, docker: Docker, host: string): Promise<Stage> {
  const start = async (port: number) =>
    ServerProcess.start({ DOCKER_HOST: host, ...play.settings }, port, { detached: true })
  const port = await portIfFree(3000)
  const server = await start(port).catch(async (error: unknown) => {
    // somebody else may have taken it since
    if (port === 0 || (await portIfFree(port)) === port) throw error
    return start(0)
  })
  return { server, docker, folder: mkdtempSync(path.join(tmpdir(), 'qaack-demo-')) }
}

/** The first press goes on to what is left to show, the second one leaves it out. */
async function lookAround(play: Play, stage: Stage, stop: Promise<void>, presses: Presses): Promise<void> {
  tell.step('It stays up until you press Ctrl-C.')
  await stop
  const enough = presses.next()
  await Promise.race([play.finish(stage), enough])
}

function beforePress(press: Promise<void>, work: Promise<void>): Promise<void> {
  return Promise.race([work, press.then(() => Promise.reject(interrupted))])
}

/** The demo is about the defaults: what the surroundings set for a real server is not for this one. */
function forgetSettings(): void {
  for (const { env } of Object.values(settings)) Reflect.deleteProperty(process.env, env)
}
