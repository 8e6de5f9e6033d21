import { Inbox, type Call, type HandleEvent } from '../../../src/deliveries/inbox.ts'
import type { HostRepository } from '../../../src/hosts/event.ts'
import type { GitHost, Received } from '../../../src/hosts/host.ts'
import { createGitHost } from '../../../src/hosts/git/git-host.ts'
import type { Parts } from '../../../src/parts.ts'
import { ManualClock, settle } from '../../fakes/clock.ts'
import { FakeEngine } from '../../fakes/engine.ts'
import { makeParts } from '../../fakes/parts.ts'

export interface Setting extends AsyncDisposable {
  parts: Parts
  clock: ManualClock
  /** What was handled, as `<repository key> <commit>`, in order. */
  handled: string[]
  /** One more inbox on the same store, as after a restart or of another server. */
  inbox(handle?: HandleEvent): Inbox
  /** Handles for as long as the process lasts. */
  stuck: HandleEvent
  messages(): Promise<string[]>
}

/** Inboxes over a real store, with a host whose payloads say `<repository key> <commit>`, or why they are ignored. */
export async function startSetting(): Promise<Setting> {
  const clock = new ManualClock()
  const parts = await makeParts({ engine: new FakeEngine(), clock })
  parts.hosts.github = { ...createGitHost(), receive: translate }
  const handled: string[] = []
  const record: HandleEvent = (_parts, _host, event) => {
    handled.push(wordsOf(event))
    return Promise.resolve(`seen ${wordsOf(event)}`)
  }
  return {
    parts,
    clock,
    handled,
    inbox: (handle = record) => new Inbox(parts, handle),
    stuck: () =>
      new Promise((_, reject) => {
        parts.ending.addEventListener('abort', () => reject(new Error('the process ends')))
      }),
    messages: async () => (await parts.store.events({})).map(({ kind, message }) => `${kind}: ${message}`),
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  }
}

const translate: GitHost['receive'] = ({ payload }): Received => {
  if (payload.startsWith('not for us')) return { ignored: payload }
  const [key = '', hash = ''] = payload.split(' ')
  return { events: [{ kind: 'rerun', repository: repository(key), hash, by: 'ada' }] }
}

function repository(key: string): HostRepository {
  return { key, owner: 'acme', name: `shop${key}`, params: {} }
}

export function wordsOf(event: Parameters<HandleEvent>[2]): string {
  return event.kind === 'rerun' ? `${event.repository.key} ${event.hash}` : event.kind
}

export function call(deliveryId: string, payload: string): Call {
  return { host: 'github', deliveryId, event: 'push', payload }
}

/** Lets an inbox come to rest. */
export async function rest(parts: Parts): Promise<void> {
  await settle()
  await parts.background.drained()
}
