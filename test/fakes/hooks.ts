import { syncRepository } from '../../src/environments/sync.ts'
import { Inbox } from '../../src/deliveries/inbox.ts'
import type { Parts } from '../../src/parts.ts'

/** An inbox that does what a plain git hook asks for, which is all that tests without a git host with changes need. */
export function hookInbox(parts: Parts): Inbox {
  return new Inbox(parts, async (_parts, _host, { kind }, repositoryId) => {
    if (kind !== 'refs-changed' || repositoryId === null) throw new Error(`not expected here: ${kind}`)
    await syncRepository(parts, repositoryId, 'webhook')
    return 'the refs were read'
  })
}
