import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import type { BaseUrl } from '../config/config.ts'
import type { Store } from '../stores/store.ts'
import { admit } from './admit.ts'
import { loadFacts } from './load-facts.ts'
import { readLines } from './log-text.ts'
import { News } from './news.ts'
import { fingerprint, pageOf } from './state-page-facts.ts'
import type { EnvironmentTable } from './table.ts'

export interface FollowParts {
  store: Store
  clock: Clock
  base: BaseUrl
  table: EnvironmentTable
}

/** What a state page is about, and the address that it listens at. */
export interface Wanted {
  id: string
  service: string | null
  path: string
}

/** Milliseconds that news is gathered before it is sent. */
const gatherTime = 250
const readLength = 64 * 1024

/** Sends news to one page until there is nothing more for it to show, or it is gone. */
export async function follow(
  parts: FollowParts,
  request: IncomingMessage,
  response: ServerResponse,
  wanted: Wanted,
): Promise<void> {
  const { store, table, clock } = parts
  const seen = seenBy(request, wanted.path)
  const gone = new AbortController()
  const news = new News<'facts' | 'log'>(gone.signal)
  let buildId: string | undefined
  const unwatchStore = store.watch((committed) => {
    if (committed.kind === 'build') news.tell('facts')
    if (committed.kind === 'log' && committed.id === buildId) news.tell('log')
  })
  const unwatchTable = table.watch(wanted.id, () => news.tell('facts'))
  response.once('close', () => {
    unwatchStore()
    unwatchTable()
    gone.abort()
  })

  news.tell('facts')
  for (;;) {
    const kinds = await news.next()
    if (gone.signal.aborted) return
    if (kinds.has('facts')) {
      const latest = await look(parts, wanted)
      if (latest.event !== undefined || latest.facts !== seen.facts)
        return void send(response, latest.event ?? 'changed', '')
      buildId = latest.buildId
    }
    if (buildId !== undefined) seen.offset = await sendLog(store, response, buildId, seen.offset)
    await clock.sleep(gatherTime, gone.signal)
  }
}

/** From the address the page was told to listen at; after a lost connection, from what the browser received last. */
function seenBy(request: IncomingMessage, path: string): { facts: string; offset: number } {
  const query = new URLSearchParams(path.split('?')[1] ?? '')
  const last = request.headers['last-event-id']
  const log = typeof last === 'string' && last.includes(':') ? last : (query.get('log') ?? '')
  const offset = Number(log.split(':')[1])
  return { facts: query.get('facts') ?? '', offset: Number.isSafeInteger(offset) && offset >= 0 ? offset : 0 }
}

interface Look {
  event?: 'reload' | 'changed'
  facts?: string
  buildId?: string | undefined
}

async function look({ store, base, table }: FollowParts, { id, service }: Wanted): Promise<Look> {
  const environment = table.byId(id)
  if (!environment) return { event: 'changed' }
  const admission = admit(environment, service)
  if (admission.kind === 'forward') return { event: 'reload' }
  const facts = await loadFacts(store, base, environment, pageOf(environment, admission))
  return { facts: fingerprint(facts), buildId: facts.environment?.build?.id }
}

/** Sends the whole lines from `offset` on, as fast as they are taken; returns where the next one begins. */
async function sendLog(
  store: Store,
  response: ServerResponse,
  buildId: string,
  offset: number,
): Promise<number> {
  for (;;) {
    const { text, end } = await store.readLog(buildId, offset, readLength)
    const { lines, rest } = readLines(text)
    // A line that fills all we read would never end for us; it is left out.
    const next = lines.length === 0 && text.length === readLength ? end : end - rest
    if (lines.length > 0 && !send(response, 'lines', JSON.stringify(lines), `${buildId}:${next}`)) {
      await Promise.race([once(response, 'drain'), once(response, 'close')])
    }
    if (response.closed || text.length < readLength) return next
    offset = next
  }
}

function send(response: ServerResponse, event: string, data: string, id?: string): boolean {
  return response.write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`)
}
