import { messageOf } from '../errors.ts'
import type { Received } from '../hosts/host.ts'
import type { Parts } from '../parts.ts'
import type { DeliveryRecord } from '../stores/store.ts'
import { hostOf } from './delivery.ts'

/** What a delivery means, as its host says. There is no network in it, so what fails here would fail again. */
export function translate(parts: Parts, kept: DeliveryRecord): Received | { fault: string } {
  const { event, deliveryId } = kept
  const host = parts.hosts[hostOf(kept)]
  if (!host) return { ignored: `this server has no host of type ${hostOf(kept)}` }
  try {
    return host.receive({ event, payload: kept.payload })
  } catch (error) {
    parts.logger.error({ err: error, event, delivery: deliveryId }, 'a delivery cannot be read')
    return { fault: messageOf(error) }
  }
}
