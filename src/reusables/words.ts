import type { ReusableRecord, SavedService } from '../builds/reusable.ts'

type Said = Pick<ReusableRecord, 'purpose' | 'label' | 'ref' | 'savePoint'>

/** What was saved, for sentences: `deps of branch main, saved after web.install`. */
export function nameOf({ purpose, label, ref, savePoint }: Said): string {
  const of = `${ref.type} ${ref.name}`
  if (purpose === 'reset') return `what a build of ${of} saved`
  const where = savePoint === null ? '' : `, saved after ${savePoint.service}.${savePoint.step}`
  return `${label ?? 'auto'} of ${of}${where}`
}

/** For the build's log: what a service begins with. `now` in ms since 1970. */
export function startText(
  record: Pick<ReusableRecord, 'savedAt'> & Said,
  service: SavedService,
  now: number,
): string {
  const { name, steps } = service
  const skipped = record.purpose === 'reset' || steps === 0 ? '' : `; ${count(steps, 'step')} not run again`
  return `${name}: starts from ${nameOf(record)} ${agoText(now - record.savedAt)}${skipped}`
}

/** Label of what a build started from or saved. */
export function labelOf({ purpose, label }: Pick<ReusableRecord, 'purpose' | 'label'>): string {
  return label ?? purpose
}

export function agoText(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 120) return `${minutes} min ago`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what} is` : `${number} ${what}s are`
}
