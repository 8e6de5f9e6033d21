import { cutMarkdown } from './cut.ts'
import { HostFailure } from './failure.ts'

/** A comment of ours that is found again by its first line, which people do not see. */
export interface MarkedComment {
  /** Name of the change that it is on. */
  change: string
  mark: string
  /** Markdown. */
  body: string
}

/** The comments on one change, as a host keeps them. Each fails with HostFailure. */
export interface OwnComments {
  /** The host's name, for people. */
  host: string
  /** Characters that a text may have, without its first line. */
  limit: number
  /** Those that we wrote, and nobody else, oldest first. */
  list(): Promise<OwnComment[]>
  /** Returns its id. */
  create(body: string): Promise<string>
  /** False if it is not there any more. */
  edit(id: string, body: string): Promise<boolean>
  /** The same. */
  remove(id: string): Promise<boolean>
}

export interface OwnComment {
  id: string
  body: string
}

const most = 3

/**
 * Makes the one comment of ours on a change that bears the mark, or makes it say what it should; returns its id. Made again if
 * somebody deleted it. If two made it at the same time, the older one stays. `handle` is the id it had, if it is known.
 */
export async function putComment(
  comments: OwnComments,
  wish: MarkedComment,
  handle: string | null,
): Promise<string> {
  // Somebody may delete it while we look; who does so all the time is not followed for ever.
  for (let tries = 0; tries < most; tries += 1) {
    const id = await put(comments, wish, tries === 0 ? handle : null)
    if (id !== null) return id
  }
  throw new HostFailure(
    'unavailable',
    `${comments.host} lists a comment on change ${wish.change} that it does not know`,
  )
}

/** null if what was found was not there any more. */
async function put(
  comments: OwnComments,
  wish: MarkedComment,
  handle: string | null,
): Promise<string | null> {
  const first = `<!-- qaack ${wish.mark} -->`
  const body = `${first}\n${cutMarkdown(wish.body, comments.limit)}`
  if (handle !== null && (await comments.edit(handle, body))) return handle
  const found = await findMarked(comments, first)
  const id = found.length === 0 ? await comments.create(body) : null
  const [kept, ...doubles] = id === null ? found : await findMarked(comments, first)
  // Made, but not in the list yet.
  if (!kept) return id
  for (const double of doubles) await comments.remove(double.id)
  const stays = kept.body === body || (await comments.edit(kept.id, body))
  return stays ? kept.id : null
}

async function findMarked(comments: OwnComments, first: string): Promise<OwnComment[]> {
  const mine = await comments.list()
  return mine.filter(({ body }) => body.split(/\r?\n/, 1)[0] === first)
}
