import type { Clock } from '../../clock.ts'
import { isHostFailure } from '../failure.ts'
import { anything, ask, each, type Asker } from './ask.ts'
import type { GithubConnection } from './connection.ts'
import { delivery } from './payloads.ts'

/** GitHub sends nothing again that is older. */
const days = 3

type Known = (deliveryId: string) => Promise<boolean>

/** Asks for what did not arrive since then; returns how many those are. */
export async function recover(
  connection: GithubConnection,
  since: number,
  known: Known,
  clock: Clock,
): Promise<number> {
  const asApp = { client: await connection.client(), clock }
  const from = Math.max(since, clock.now() - days * 24 * 3_600_000)
  let asked = 0
  for (const [guid, id] of await listFailed(asApp, from)) {
    if (await known(guid)) continue
    if (await sendAgain(asApp, id)) asked += 1
  }
  return asked
}

/** By the name that a delivery keeps when it is sent again, oldest first; without those that arrived in the end. */
async function listFailed(asApp: Asker, from: number): Promise<[string, string][]> {
  const failed = new Map<string, string>()
  const arrived = new Set<string>()
  for await (const one of each(asApp, 'GET /app/hook/deliveries', {}, delivery)) {
    if (one.delivered_at < from) break
    if (one.status_code >= 200 && one.status_code < 300) arrived.add(one.guid)
    else if (!failed.has(one.guid)) failed.set(one.guid, one.id)
  }
  return [...failed].filter(([guid]) => !arrived.has(guid)).reverse()
}

/** False if GitHub does not have it any more. */
async function sendAgain(asApp: Asker, id: string): Promise<boolean> {
  try {
    await ask(asApp, 'POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: id }, anything)
    return true
  } catch (error) {
    if (isHostFailure(error, 'gone', 'refused')) return false
    throw error
  }
}
