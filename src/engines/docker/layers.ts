import type { Layer } from '../engine.ts'
import type { Connection } from './connection.ts'

/** The layers of an image, lowest first, each with its size on the engine. */
export async function layersOf(connection: Connection, image: string): Promise<Layer[]> {
  const [{ RootFS }, history] = await connection.call('look at the layers of an image', (docker) =>
    Promise.all([docker.getImage(image).inspect(), docker.getImage(image).history() as Promise<Told[]>]),
  )
  return aligned(RootFS.Layers ?? [], history)
}

/** What the engine tells of one step of an image's making; the last step comes first. */
export interface Told {
  CreatedBy: string
  Size: number
}

/**
 * The engine tells the sizes by step, also of steps that made no layer, and does not say which these are. One with a size made
 * one; of the others those are left out first that only set something.
 */
export function aligned(ids: string[], history: Told[]): Layer[] {
  const steps = history.toReversed()
  let surplus = steps.length - ids.length
  const leave = new Set<Told>()
  for (const candidates of [steps.filter(isSetting), steps.filter(({ Size }) => Size === 0)]) {
    for (const step of candidates) {
      if (surplus <= 0 || leave.has(step)) continue
      leave.add(step)
      surplus -= 1
    }
  }
  const sizes = steps.filter((step) => !leave.has(step)).map(({ Size }) => Size)
  return ids.map((id, index) => ({ id, bytes: sizes[index] ?? 0 }))
}

function isSetting({ CreatedBy, Size }: Told): boolean {
  if (Size > 0) return false
  const instruction = /^(?:.*#\(nop\)\s*)?([A-Z]+)\b/.exec(CreatedBy)?.[1] ?? ''
  return settings.includes(instruction)
}

const settings = [
  'ARG',
  'CMD',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
]
