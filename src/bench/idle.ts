import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { residentMiB } from './from-outside.ts'
import { ServerProcess, until } from '../setup/server-process.ts'
import { addRepository, environments, sampleOrigin } from './origin.ts'
import type { BenchRow } from './table.ts'

/** Seconds to calm down, in which what the start took is given back (see memory.ts). */
const calm = 45
/** Seconds over which CPU is counted. */
const watched = 10
/** Clock ticks of /proc in one second on Linux. */
const ticksPerSecond = 100

/** `idle_cost`: memory and CPU of a server that only knows environments. Linux only. */
export async function benchIdle(): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const count of [0, 100, 1000]) rows.push(...(await idleWith(count)))
  return rows
}

async function idleWith(count: number): Promise<BenchRow[]> {
  const work = mkdtempSync(join(tmpdir(), 'qaack-bench-'))
  try {
    await using server = await ServerProcess.start()
    if (count > 0) {
      const origin = sampleOrigin(join(work, 'origin.git'), 'scratch')
      origin.pushMany(count - 1)
      const repository = await addRepository(server, 'many', origin.dir)
      await until(
        async () => (await environments(server, repository)).length === count,
        `${count} environments are known`,
      )
    }
    await pause(calm * 1000)
    const before = cpuSeconds(server.pid)
    await pause(watched * 1000)
    const cpu = ((cpuSeconds(server.pid) - before) / watched) * 100
    const measure = `${count} environments known`
    return [
      {
        name: 'idle_cost',
        measure: `memory, ${measure}`,
        value: residentMiB(server.pid),
        unit: 'MiB',
        beside: {},
      },
      { name: 'idle_cost', measure: `CPU, ${measure}`, value: cpu, unit: '% of a core', beside: {} },
    ]
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** User and system time of a process so far. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
