import { z } from 'zod'
import type { PrepareOptions } from '../engine.ts'

export type Progress = Parameters<NonNullable<PrepareOptions['onProgress']>>[0]

/** Adds up what the engine says of the single layers of a pull. Bytes are of the compressed layers, as they travel. */
export function createProgress(): { add(line: unknown): Progress; fault: string | undefined } {
  const layers = new Map<string, { received: number; total: number }>()
  return {
    fault: undefined,
    add(line) {
      const said = Line.parse(line)
      if (said.error !== undefined) this.fault = said.error
      const known = layers.get(said.id ?? '')
      const { current, total } = said.progressDetail ?? {}
      if (said.id !== undefined && said.status === 'Downloading' && total !== undefined) {
        layers.set(said.id, { received: current ?? 0, total })
      } else if (known && arrived.includes(said.status ?? '')) {
        known.received = known.total
      }
      const all = [...layers.values()]
      const sum = (name: 'received' | 'total') => all.reduce((bytes, layer) => bytes + layer[name], 0)
      return { status: said.status ?? '', received: sum('received'), total: sum('total') }
    },
  }
}

const arrived = ['Verifying Checksum', 'Download complete', 'Extracting', 'Pull complete']

const Line = z.object({
  status: z.string().optional(),
  id: z.string().optional(),
  error: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).nullish(),
})
