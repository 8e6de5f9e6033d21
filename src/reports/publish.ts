import { messageOf } from '../errors.ts'
import { note } from '../events/note.ts'
import { HostFailure } from '../hosts/failure.ts'
import type { Parts } from '../parts.ts'
import { inClear } from '../repositories/params-secrets.ts'
import { ReportBook } from './book.ts'
import type { ReportFacts } from './facts.ts'
import { gatherFacts, type Told } from './gather.ts'
import { outcomeOf, type Trouble } from './publish-outcome.ts'
import type { Published, ReportKind, ReportRecord } from './report.ts'
import { openOn } from './superseded.ts'
import { isAtRest, unsaidOf, type Unsaid } from './unsaid.ts'

/** Milliseconds after which a host is asked again for what it refused: somebody may have allowed it meanwhile. With a thousand changes that is still seldom. */
const refusedTime = 6 * 60 * 60_000

/**
 * Publishes what the host does not show yet of a change, computed anew before each part, so that the latest is shown. Safe at
 * any time, at once with others and on several servers. Does not throw: what could not be said is written down, with the
 * time of the next try.
 */
export async function publishChange(parts: Parts, changeId: string, owner: string): Promise<void> {
  await parts.background.latest(`report on change ${changeId}`, () =>
    publishNow(parts, changeId, owner).catch((error: unknown) =>
      parts.logger.error({ err: error, change: changeId }, 'a change could not be reported on'),
    ),
  )
}

async function publishNow(parts: Parts, changeId: string, owner: string): Promise<void> {
  const known = await parts.store.get('report', changeId)
  if ((known?.retryAt ?? 0) > parts.clock.now()) return
  const seen = await look(parts, changeId, known ?? { published: {}, environmentId: null })
  if (!seen) return
  // Most looks end here, without anything written.
  if (seen.unsaid.length === 0 && !isUntidy(known, isAtRest(seen.facts), owner)) return
  const book = await ReportBook.open(parts, changeId, owner)
  if (!book) return
  let end: Partial<ReportRecord> = {}
  try {
    end = await publishAll(parts, changeId, book)
  } finally {
    await book.close(end)
  }
}

/** What is written down does not say where it stands, though there is nothing to publish. */
function isUntidy(known: ReportRecord | undefined, rests: boolean, owner: string): boolean {
  return known !== undefined && (known.rests !== rests || known.lease?.owner === owner)
}

/** One part after the other, each as it is to be by then. Returns how it ended. */
async function publishAll(parts: Parts, changeId: string, book: ReportBook): Promise<Partial<ReportRecord>> {
  const troubles = new Map<ReportKind, Trouble>()
  let said = 0
  for (;;) {
    const seen = await look(parts, changeId, book.record)
    const next = seen?.unsaid.find(({ item }) => !troubles.has(item.kind))
    const isLimited = [...troubles.values()].some(({ failure }) => failure.kind === 'limited')
    if (!seen || !next || isLimited || parts.ending.aborted)
      return outcomeOf(
        [...troubles.values()],
        { failures: book.record.failures, said, now: parts.clock.now() },
        seen !== undefined && seen.unsaid.length === 0 && isAtRest(seen.facts),
      )
    const trouble = await publishOne(parts, seen, next, book)
    if (trouble === 'lost') return {}
    if (trouble) troubles.set(next.item.kind, trouble)
    else said += 1
  }
}

interface Seen extends NonNullable<Awaited<ReturnType<typeof gatherFacts>>> {
  unsaid: Unsaid[]
}

async function look(parts: Parts, changeId: string, told: Told): Promise<Seen | undefined> {
  const gathered = await gatherFacts(parts, changeId, told)
  if (!gathered) return undefined
  const given = { shows: gathered.host.shows, now: parts.clock.now() }
  return { ...gathered, unsaid: unsaidOf(gathered.facts, told.published, given) }
}

/** `lost`: somebody else publishes this change now. */
async function publishOne(
  parts: Parts,
  { facts, host }: Seen,
  { item, digest, isEnd }: Unsaid,
  book: ReportBook,
): Promise<Trouble | 'lost' | undefined> {
  const { kind } = item
  const before: Published = book.record.published[kind] ?? { digest: '', handle: '', refused: null }
  const environmentId = facts.environment?.id ?? book.record.environmentId
  const write = (published: Published) =>
    book.save({ environmentId, published: { ...book.record.published, [kind]: published } })
  const on = openOn(item)
  const open = on === undefined ? {} : { open: on }
  // Whatever comes of it, it may be there from now on, and has to be corrected when the change ends or moves on.
  const isNew = !book.record.published[kind] || (on !== undefined && on !== before.open)
  if (isNew && !(await write({ ...before, ...open }))) return 'lost'
  try {
    const repository = inClear(parts.secretKey, facts.repository)
    const handle = await host.publish(repository, item, before.handle === '' ? null : before.handle)
    return (await write({ digest, handle, refused: null, ...open })) ? undefined : 'lost'
  } catch (error) {
    const failure = asFailure(parts, error)
    if (failure.kind === 'unavailable' || failure.kind === 'limited') return { failure }
    // A commit that is not there any more, or of which nothing may be said, is waited for by nobody.
    if (isEnd) return (await write({ ...before, open: undefined })) ? undefined : 'lost'
    const refused = { why: failure.message, until: parts.clock.now() + refusedTime }
    if (failure.kind === 'refused' && before.refused?.why !== failure.message)
      await noteRefused(parts, facts, kind, failure)
    return (await write({ ...before, digest, refused })) ? { failure } : 'lost'
  }
}

async function noteRefused(
  parts: Parts,
  { change, environment, repository }: ReportFacts,
  kind: ReportKind,
  failure: HostFailure,
): Promise<void> {
  await note(parts, 'report', `the ${kind} of change ${change.name} was refused: ${failure.message}`, {
    repositoryId: repository.id,
    ...(environment ? { environmentId: environment.id } : {}),
  })
}

/** What is no answer of a host is our own mistake; it is told to the operator, and tried again all the same. */
function asFailure(parts: Parts, error: unknown): HostFailure {
  if (error instanceof HostFailure) return error
  parts.logger.error({ err: error }, 'a part of a report could not be published')
  return new HostFailure('unavailable', messageOf(error), { cause: error })
}
