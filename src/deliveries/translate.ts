import { messageOf } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { Call, Meaning } from './delivery.ts'

/** What a call means, as its host says. There is no network in it, so what fails here would fail again. */
export function translate(parts: Parts, { host, deliveryId, event, payload }: Call): Meaning {
  const translator = parts.hosts[host]
  if (!translator) return { outcome: 'ignored', reason: `ignored: this server has no host of type ${host}` }
  try {
    const received = translator.receive({ event, payload })
    return 'events' in received ? received : { outcome: 'ignored', reason: `ignored: ${received.ignored}` }
  } catch (error) {
    parts.logger.error({ err: error, event, delivery: deliveryId }, 'a delivery cannot be read')
    return { outcome: 'failed', reason: `its payload cannot be read: ${messageOf(error)}` }
  }
}
