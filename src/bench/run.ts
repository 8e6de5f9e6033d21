import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { messageOf } from '../errors.ts'
import { ensureEngine } from '../setup/engine.ts'
import { ensurePackages } from '../setup/packages.ts'
import { saySetup } from '../setup/say.ts'
import { benchCheckout } from './checkout.ts'
import { benchIdle } from './idle.ts'
import { benchProxy } from './proxy.ts'
import { benchPush } from './push.ts'
import { benchPushShop } from './push-shop.ts'
import { benchPushWarm } from './push-warm.ts'
import { benchSweep } from './sweep.ts'
import { rowsAsText, type BenchRow } from './table.ts'
import { benchWebhook } from './webhook.ts'

/** `npm run bench`: every measurement, or those that are named; a table, and JSON with `--json FILE`. */
const benches: Record<string, () => Promise<BenchRow[]>> = {
  push_cold: benchPush,
  push_warm: async () => [...(await benchPushWarm()), ...(await benchPushShop())],
  checkout: benchCheckout,
  proxy: benchProxy,
  idle_cost: benchIdle,
  sweep: benchSweep,
  webhook: benchWebhook,
}

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true })
const names = positionals.length > 0 ? positionals : Object.keys(benches)
const unknown = names.filter((name) => !(name in benches))
if (unknown.length > 0) {
  console.error(
    `There is no measurement ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`,
  )
  process.exit(2)
}

await ensureEngine({ say: saySetup })
await ensurePackages(['wrk', 'curl', 'nginx-light', 'haproxy', 'caddy'], { say: saySetup, optional: true })
const rows: BenchRow[] = []
for (const name of names) {
  console.error(`measuring ${name} …`)
  try {
    rows.push(...((await benches[name]?.()) ?? []))
  } catch (error) {
    console.error(`${name} could not be measured: ${messageOf(error)}`)
    process.exitCode = 1
  }
}
console.log(rowsAsText(rows))
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ at: new Date().toISOString(), rows }, undefined, 2)}\n`)
process.exit()
