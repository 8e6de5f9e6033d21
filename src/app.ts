import type { Probot } from 'probot'
import type { Inbox } from './deliveries/inbox.ts'

/**
 * The Probot app: whatever GitHub delivers is kept. What it means and what is done about it is decided beside the answer, by
 * the inbox, so that events of which Probot knows nothing are no different.
 */
export function appOf(inbox: Pick<Inbox, 'receive'>): (probot: Probot) => void {
  return (probot) => {
    probot.onAny(async ({ id, name, payload }) => {
      await inbox.receive({ host: 'github', deliveryId: id, event: name, payload: JSON.stringify(payload) })
    })
  }
}
