import type { Http } from './client/http.ts'
import { read } from './client/read.ts'
import { environmentShape, type Environment } from './client/shapes.ts'
import { askAgain, followText, type Seen } from './client/streams.ts'
import { stateText } from './environment-text.ts'
import { pourLog } from './pour-log.ts'
import { durationText } from './terminal/durations.ts'
import { untilInterrupted } from './terminal/interrupt.ts'
import { spin } from './terminal/spinner.ts'
import { say, type World } from './terminal/world.ts'

/** Milliseconds between two looks at a build. */
const pause = 1000

const working = ['creating', 'queued', 'building', 'softrebuilding']

/** Prints the log of what is built until nothing is built any more, also of a newer commit that took its place. */
export function followBuild(
  world: World,
  http: Http,
  id: string,
  farewell = () => goesOn(world, id),
): Promise<Environment> {
  const seen: Seen = { text: '' }
  const work = async (signal: AbortSignal) => {
    for (;;) {
      await pourLog(world, followText(world, http, `/api/environment/${id}/log?follow=true`, signal, seen))
      const environment = await look(world, http, id, signal)
      if (!working.includes(environment.status)) return environment
      // The log ended though the build did not: the server is being stopped, or a newer commit took over.
      await rest(world, signal)
    }
  }
  return untilInterrupted(work, farewell)
}

/** Shows how far it is until nothing is built any more. */
export function waitForBuild(world: World, http: Http, id: string): Promise<Environment> {
  const since = world.clock.now()
  const spinner = spin(world, 'waiting')
  const work = async (signal: AbortSignal) => {
    for (;;) {
      const environment = await look(world, http, id, signal)
      if (!working.includes(environment.status)) return environment
      const spent = world.stderr.isTTY
        ? `, ${durationText(Math.round((world.clock.now() - since) / 1000))}`
        : ''
      spinner.say(`${stateText(environment)}${spent}`)
      await rest(world, signal)
    }
  }
  return untilInterrupted(
    (signal) => work(signal).finally(() => spinner.stop()),
    () => goesOn(world, id),
  )
}

function look(world: World, http: Http, id: string, signal: AbortSignal): Promise<Environment> {
  return askAgain(world, () => read(http, `/api/environment/${id}`, environmentShape, { signal }), signal)
}

async function rest(world: World, signal: AbortSignal): Promise<void> {
  await world.clock.sleep(pause, signal)
  signal.throwIfAborted()
}

function goesOn(world: World, id: string): void {
  say(world, `The build goes on; qaack env logs -f ${id} follows it, qaack env cancel ${id} stops it.`)
}
