import type { Readable } from 'node:stream'
import { z } from 'zod'
import { messageOf } from '../../errors.ts'
import type { Logger } from '../../logger.ts'
import type { EngineEvent } from '../engine.ts'
import { labelsOf } from './list.ts'
import type { Connection } from './connection.ts'
import { jsonLines } from './json-lines.ts'

/** Milliseconds between attempts to listen again; the last holds for all later ones. */
const pauses = [500, 1000, 2000, 5000, 10_000, 30_000]

/**
 * Events of containers that carry a label, from the engine's time `since` on. When the line breaks it listens again from
 * the last event on: the engine keeps the last few hundred, until it is started anew.
 */
export async function* events(
  connection: Connection,
  options: { label: string; since: Promise<string | undefined>; signal: AbortSignal; logger: Logger },
): AsyncGenerator<EngineEvent> {
  const { label, signal } = options
  let since = await options.since.catch(() => undefined)
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      const stream = await connection.stream(
        'tell what happens',
        (docker, abortSignal) =>
          docker.getEvents({
            abortSignal,
            ...(since === undefined ? {} : { since }),
            filters: { type: ['container'], label: [label], event: Object.keys(kinds) },
          }),
        signal,
      )
      for await (const line of jsonLines(stream as Readable)) {
        failures = -1
        const said = Line.parse(line)
        since = after(said.timeNano)
        const event = eventOf(said)
        if (event) yield event
      }
    } catch (error) {
      // Whoever listens has nothing to do about it, and looks for himself from time to time.
      if (!signal.aborted && failures <= 0)
        options.logger.warn({}, `the engine's events stopped, listening again: ${messageOf(error)}`)
    }
    await connection.clock.sleep(pauses[Math.min(Math.max(failures, 0), pauses.length - 1)] ?? 30_000, signal)
  }
}

const kinds = { start: 'started', die: 'died', oom: 'out-of-memory', destroy: 'removed' } as const

function eventOf({ Action, Actor }: z.infer<typeof Line>): EngineEvent | undefined {
  const kind = Object.entries(kinds).find(([name]) => name === Action)?.[1]
  if (!kind) return undefined
  const exitCode = Actor.Attributes.exitCode
  return {
    kind,
    containerId: Actor.ID,
    labels: labelsOf(Actor.Attributes),
    ...(kind === 'died' && exitCode !== undefined ? { exitCode: Number(exitCode) } : {}),
  }
}

/** The engine takes seconds with nine digits behind the point. A number holds nanoseconds only nearly, so this may say one event twice rather than leave one out. */
function after(nanoseconds: number): string {
  const text = String(BigInt(nanoseconds) + 1n).padStart(19, '0')
  return `${text.slice(0, -9)}.${text.slice(-9)}`
}

const Line = z.object({
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()) }),
  timeNano: z.number(),
})
