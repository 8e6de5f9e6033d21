import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chooseLoader, type Load } from './proxy-load.ts'
import { startPeers } from './proxy-peers.ts'
import { median, type BenchRow } from './table.ts'

const rounds = 5
const connections = 32

/**
 * `proxy`: requests per second and waiting times through our proxy at 32 connections, one process; beside it the same
 * requests straight to the service, through the shortest proxy that Node's `http` allows, and through the proxies that
 * are installed, with one worker each. The rounds go around all of them, so that a busy minute of the machine hits all.
 */
export async function benchProxy(): Promise<BenchRow[]> {
  using work = mkdtempDisposableSync(join(tmpdir(), 'qaack-bench-'))
  await using peers = await startPeers(work.path)
  const loader = chooseLoader()
  const found = new Map<string, Load[]>(peers.list.map(({ name }) => [name, []]))
  for (const peer of peers.list) await loader.run(peer, { connections, seconds: 1 })
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of peers.list)
      found.get(peer.name)?.push(await loader.run(peer, { connections, seconds: 3 }))
  }
  const row = (measure: string, unit: string, pick: (load: Load) => number): BenchRow => ({
    name: 'proxy',
    measure: `${measure}, ${connections} connections, by ${loader.name}`,
    value: middle(found.get('qaack'), pick) ?? NaN,
    unit,
    beside: Object.fromEntries(peers.others.map((name) => [name, middle(found.get(name), pick)])),
  })
  return [
    row('requests per second', '/s', (load) => load.perSecond),
    row('p50', 'ms', (load) => load.p50),
    row('p99', 'ms', (load) => load.p99),
  ]
}

function middle(loads: Load[] | undefined, pick: (load: Load) => number): number | null {
  return loads === undefined ? null : median(loads.map(pick))
}
