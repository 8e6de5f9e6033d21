import type { EventKind } from '../events/event.ts'

/** How a delivery ended. `again`: it had been received before. */
export type DeliveryOutcome = 'again' | 'done' | 'ignored' | 'failed'

export interface DeliveryCount {
  host: string
  outcome: DeliveryOutcome
  count: number
}

/** How many deliveries ended how, since the start of this process. */
export class Tally {
  readonly #counts = new Map<string, DeliveryCount>()

  add(host: string, outcome: DeliveryOutcome): void {
    const key = `${host} ${outcome}`
    const entry = this.#counts.get(key) ?? { host, outcome, count: 0 }
    entry.count += 1
    this.#counts.set(key, entry)
  }

  list(): DeliveryCount[] {
    return [...this.#counts.values()].map((entry) => ({ ...entry }))
  }
}

/** As what an outcome is written down. */
export const eventKinds = { done: 'delivery', ignored: 'ignored', failed: 'fault' } as const satisfies Record<
  Exclude<DeliveryOutcome, 'again'>,
  EventKind
>
