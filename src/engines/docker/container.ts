import type { Container } from '../engine.ts'
import type { Connection } from './connection.ts'
import { copyIn } from './copy-in.ts'
import { statusOf, wordsOf } from './errors.ts'
import { exec } from './exec.ts'
import { inspect, sizeOf } from './inspect.ts'
import { logs } from './logs.ts'
import type { OutOfMemory } from './out-of-memory.ts'
import { save } from './save.ts'

/** The container with this id. */
export function containerOf(
  connection: Connection,
  id: string,
  known: { memory: OutOfMemory; reach: () => Promise<'address' | 'published'>; deepest: number },
): Container {
  return {
    id,
    async start() {
      await known.memory.starts(id)
      await connection.call('start a container', (docker, abortSignal) =>
        docker
          .getContainer(id)
          .start({ abortSignal })
          .catch((error: unknown) => {
            if (/paused container/i.test(wordsOf(error)))
              return docker.getContainer(id).unpause({ abortSignal })
            unlessSo(error)
          }),
      )
    },
    async stop(graceSeconds) {
      await connection.call(
        'stop a container',
        (docker, abortSignal) =>
          docker.getContainer(id).stop({ t: graceSeconds, abortSignal }).catch(unlessSo),
        { patience: graceSeconds * 1000 + 60_000 },
      )
    },
    copyIn: (path, tar, options) => copyIn(connection, id, path, tar, options),
    async pause() {
      await connection.call('pause a container', (docker, abortSignal) =>
        frozen(() => docker.getContainer(id).pause({ abortSignal })).catch(unlessPausedOrStill),
      )
    },
    async unpause() {
      await connection.call('let a container go on', (docker, abortSignal) =>
        docker.getContainer(id).unpause({ abortSignal }).catch(unlessPausedOrStill),
      )
    },
    save: (image, signal) => save(connection, id, image, { deepest: known.deepest, signal }),
    exec: (spec) => exec(connection, id, spec, known.memory),
    logs: (options) => logs(connection, id, options),
    inspect: async () =>
      inspect(connection, id, { reach: await known.reach(), outOfMemory: known.memory.happened(id) }),
    size: () => sizeOf(connection, id),
  }
}

/** How often a process may be met in the middle of what cannot be interrupted, e.g. of reading from a disk that is slow. */
const freezes = 3

/** The kernel freezes all of a container or nothing; who waited for it in vain takes its wish back, and may try again. */
async function frozen(pause: () => Promise<unknown>, tries = freezes): Promise<void> {
  try {
    await pause()
  } catch (error) {
    if (tries <= 1 || !/unable to freeze/i.test(wordsOf(error))) throw error
    await frozen(pause, tries - 1)
  }
}

/** It is paused already, is not paused, or does not run at all. */
function unlessPausedOrStill(error: unknown): void {
  if (!/already paused|is not paused|is not running/i.test(wordsOf(error))) throw error
}

/** 304 = it is so already. */
function unlessSo(error: unknown): void {
  if (statusOf(error) !== 304) throw error
}
