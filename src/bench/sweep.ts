import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isGone } from './from-outside.ts'
import { ServerProcess, until } from '../setup/server-process.ts'
import { benchImage } from './image.ts'
import { addRepository, sampleOrigin } from './origin.ts'
import type { BenchRow } from './table.ts'

const previews = 5

/** `sweep`: from the moment five environments expire together to the last container, network and image gone. */
export async function benchSweep(): Promise<BenchRow[]> {
  const work = mkdtempSync(join(tmpdir(), 'qaack-bench-'))
  try {
    await using server = await ServerProcess.start({ QAACK_BUILD_SLOTS: String(previews) })
    const origin = sampleOrigin(join(work, 'origin.git'), await benchImage())
    const repository = await addRepository(server, 'bench', origin.dir)
    const ids: string[] = []
    for (let index = 0; index < previews; index += 1) {
      const wish = { ref: { type: 'branch', name: 'main' }, ttl: 1 }
      ids.push(
        (await server.api<{ id: string }>('POST', `/api/repository/${repository}/environments`, wish)).id,
      )
    }
    const expiries = await Promise.all(ids.map(async (id) => Date.parse((await show(server, id)).expiresAt)))
    for (const id of ids)
      await until(async () => (await show(server, id)).status === 'built', 'the preview is built', 50)
    const last = Math.max(...expiries)
    await pause(Math.max(0, last - Date.now()))
    await until(() => Promise.resolve(ids.every(isGone)), 'all is gone')
    return [
      {
        name: 'sweep',
        measure: `expiry of ${previews} environments to the last of them gone`,
        value: (Date.now() - last) / 1000,
        unit: 's',
        beside: {},
      },
    ]
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function show(server: ServerProcess, id: string): Promise<{ status: string; expiresAt: string }> {
  return server.api('GET', `/api/environment/${id}`)
}
