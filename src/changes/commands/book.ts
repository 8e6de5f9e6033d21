import type { Parts } from '../../parts.ts'
import { Conflict, type Change } from '../../stores/store.ts'
import type { CommandsUnderWay } from '../change.ts'

/** Milliseconds after which commands that nobody went on with are forgotten: longer than a delivery is remembered. */
const keptFor = 7 * 24 * 60 * 60_000

/** How far the commands of a comment are, kept with its change, so that a server that is started anew goes on where it was. */
export interface CommandBook {
  readonly state: Pick<CommandsUnderWay, 'begun' | 'outcomes'>
  /** Writes down what is new, with `event` in the same write. */
  write: (news: Partial<CommandBook['state']>, event?: Change) => Promise<void>
  /** They are answered: of them it has only to be known that the delivery that told of them is done. */
  close: () => Promise<void>
}

/** `mark`: key of the delivery that told of the comment, see markOf. */
export async function openBook(
  parts: Parts,
  changeId: string,
  key: string,
  mark: string | null,
): Promise<CommandBook> {
  const { store, clock } = parts
  const known = (await store.get('change', changeId))?.commands?.find((one) => one.key === key)
  let state: CommandBook['state'] = known ?? { begun: 0, outcomes: [] }

  /** As often as somebody else was quicker; of a change that is gone nothing is kept. */
  async function save(entry: CommandsUnderWay | undefined, events: Change[]): Promise<void> {
    for (;;) {
      const record = await store.get('change', changeId)
      const others = (record?.commands ?? []).filter(
        (one) => one.key !== key && clock.now() - one.at < keptFor,
      )
      const writes: Change[] = record
        ? [{ save: 'change', record: { ...record, commands: [...others, ...(entry ? [entry] : [])] } }]
        : []
      try {
        return await store.commit([...writes, ...events])
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
      }
    }
  }

  return {
    get state() {
      return state
    },
    async write(news, event) {
      const next = { ...state, ...news }
      await save({ key, at: clock.now(), begun: next.begun, outcomes: next.outcomes }, event ? [event] : [])
      state = next
    },
    close: () => save(mark === null ? undefined : { key: mark, at: clock.now(), begun: 0, outcomes: [] }, []),
  }
}

/** What is kept of a comment that was answered, for the case that its delivery is handled once more; null without a delivery. */
export function markOf(deliveryId: string | null, commentId: string): string | null {
  return deliveryId === null ? null : `answered ${JSON.stringify([deliveryId, commentId])}`
}
