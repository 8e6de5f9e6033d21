import type { Qaackfile } from '../../qaackfile/qaackfile.ts'
import type { BuildRecord } from '../build.ts'
import type { ReusableRecord } from '../reusable.ts'
import { differences } from './differences.ts'
import type { Done, Makings } from './makings.ts'
import { whatLedTo } from './what-led-to.ts'

/** The build that is to be started from something. */
export interface Starting {
  environmentId: string
  ref: ReusableRecord['ref']
  /** The branch that a change is offered to; null for no change. */
  target: string | null
  /** Of the repository; null if not known. */
  defaultBranch: string | null
  trusted: boolean
  start: BuildRecord['start']
}

/** Of most Qaackfiles. */
export const nobodyAsked = 'the Qaackfile asks for none (reuse)'

/** `why` is a sentence without a full stop: why that one, or why none. */
export type Choice = { use: ReusableRecord; why: string } | { use: null; why: string }

/**
 * What a build starts from. By a label: the newest that was saved under it and fits. With `auto`: of this ref, of the branch
 * that a change is offered to and of the default branch the one with most steps done; of equal ones in that order, then the
 * newest. What was saved for a reset is for nobody else. `wish` is `reuse` of the Qaackfile.
 */
export function chooseReusable(given: {
  candidates: readonly ReusableRecord[]
  wish: string | null
  build: Starting
  now: Makings
}): Choice {
  const { wish, build, now } = given
  if (build.start === 'clean') return none('a clean build was asked for')
  if (build.start === 'reset') return none('a reset was asked for')
  if (wish === null) return none(nobodyAsked)
  const asked = given.candidates.filter((one) => isAskedFor(one, wish, build))
  const offered = asked.filter((one) => isOffered(one, build)).sort(newestFirst)
  if (offered.length === 0) return none(nothingOffered(wish, asked, build))
  const inOrder =
    wish === 'auto' ? offered.toSorted((one, other) => deepestFirst(one, other, build)) : offered
  const code = wish === 'auto'
  const use = inOrder.find((one) => misfits(one, now, { code }).length === 0)
  if (use) return { use, why: `nothing that led to ${saidOf(use)} has changed` }
  const [newest] = offered
  return none(newest ? `${saidOf(newest)} does not fit: ${shortened(misfits(newest, now, { code }))}` : '')
}

/**
 * Why a saved state cannot stand for what would be built now, in short sentences; none if it can. With `code: false` it is
 * asked for by its label, and then the label must not be for another step by now.
 */
export function misfits(record: ReusableRecord, now: Makings, { code }: { code: boolean }): string[] {
  const { savePoint, services } = record
  const { qaackfile } = now
  if (savePoint && !hasStep(qaackfile, savePoint))
    return [`the step ${nameOf(savePoint)} is not there any more`]
  const on = code ? undefined : qaackfile.makeReusable[record.label ?? '']?.on
  if (savePoint && on && nameOf(on) !== nameOf(savePoint))
    return [`${record.label ?? ''} is saved after ${nameOf(on)} now`]
  const short = services.filter(({ name, steps }) => steps > stepsOf(qaackfile, name, steps))
  if (short.length > 0)
    return short.map(({ name, steps }) => `${name} has fewer steps now than the ${steps} that were done`)
  return differences(record.made, whatLedTo(now, doneIn(record)), { code })
}

function stepsOf({ services }: Qaackfile, service: string, without: number): number {
  return services.find(({ name }) => name === service)?.steps.length ?? without
}

/** How many steps of each service a saved state has done. */
export function doneIn({ services }: Pick<ReusableRecord, 'services'>): Done {
  return Object.fromEntries(services.map(({ name, steps }) => [name, steps]))
}

/**
 * Whether a build may be given a record of its repository, whatever is in it. What somebody untrusted had a hand in stays with
 * its own environment, and so does not come into anything that secrets go into.
 */
export function isOffered(
  record: Pick<ReusableRecord, 'trusted' | 'environmentId'>,
  build: Pick<Starting, 'trusted' | 'environmentId'>,
): boolean {
  if (build.trusted) return record.trusted
  return !record.trusted && record.environmentId === build.environmentId
}

function isAskedFor(record: ReusableRecord, wish: string, build: Starting): boolean {
  if (record.status !== 'ready' || record.purpose === 'reset') return false
  if (wish === 'auto') return nearness(record, build) < Infinity
  return record.purpose === 'label' && record.label === wish
}

/** 0 for one of the same ref, 1 for the target's, 2 for the default branch's. */
export function nearness(
  { ref }: Pick<ReusableRecord, 'ref'>,
  { ref: own, target, defaultBranch }: Pick<Starting, 'ref' | 'target' | 'defaultBranch'>,
): number {
  if (ref.type === own.type && ref.name === own.name) return 0
  if (ref.type !== 'branch') return Infinity
  const place = [target, defaultBranch].indexOf(ref.name)
  return place < 0 ? Infinity : place + 1
}

function newestFirst(one: ReusableRecord, other: ReusableRecord): number {
  return other.savedAt - one.savedAt
}

function deepestFirst(one: ReusableRecord, other: ReusableRecord, build: Starting): number {
  return depth(other) - depth(one) || nearness(one, build) - nearness(other, build) || newestFirst(one, other)
}

function depth({ services }: ReusableRecord): number {
  return services.reduce((sum, { steps }) => sum + steps, 0)
}

function hasStep({ services }: Qaackfile, point: { service: string; step: string }): boolean {
  return services.some(
    ({ name, steps }) => name === point.service && steps.some((step) => step.name === point.step),
  )
}

function nameOf({ service, step }: { service: string; step: string }): string {
  return `${service}.${step}`
}

function none(why: string): Choice {
  return { use: null, why }
}

function nothingOffered(wish: string, asked: ReusableRecord[], { trusted }: Starting): string {
  if (!trusted && asked.length > 0)
    return 'code that is not trusted starts only from what its own environment saved, and that is nothing yet'
  return wish === 'auto' ? 'nothing that could be used was saved yet' : `nothing was saved under ${wish} yet`
}

/** `what was saved after web.install of branch main under deps` */
function saidOf({ label, savePoint, ref }: ReusableRecord): string {
  const where = `${ref.type} ${ref.name}`
  const point = savePoint ? `what was saved after ${nameOf(savePoint)}` : 'what was saved'
  return `${point} of ${where}${label === null ? '' : ` under ${label}`}`
}

function shortened(sentences: string[]): string {
  const more = sentences.length - mostSaid
  return sentences.slice(0, mostSaid).join('; ') + (more > 0 ? `; and ${more} more` : '')
}

const mostSaid = 3
