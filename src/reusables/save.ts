import { changeOwn } from '../builds/own.ts'
import type { BuildRecord } from '../builds/build.ts'
import type { Output } from '../builds/output.ts'
import type { Plan } from '../builds/plan.ts'
import type { ReusableRecord, SavedService } from '../builds/reusable.ts'
import { together } from '../builds/together.ts'
import type { Container } from '../engines/engine.ts'
import { reusableLabels } from '../engines/labels.ts'
import { isQaackError, messageOf, QaackError } from '../errors.ts'
import { note } from '../events/note.ts'
import { newId } from '../ids.ts'
import type { Parts } from '../parts.ts'
import { dropReusable, removeLater } from './forget.ts'
import { pruneBeside } from './prune.ts'
import { labelOf } from './words.ts'

export interface Saving {
  parts: Parts
  build: BuildRecord
  plan: Plan
  output: Output
  signal: AbortSignal
}

/** What is saved: as what, after which step, and what is in it. */
export interface SaveFacts {
  wishes: Pick<ReusableRecord, 'purpose' | 'label'>[]
  savePoint: ReusableRecord['savePoint']
  made: ReusableRecord['made']
  /** How far each service is, by its name. */
  done: ReadonlyMap<string, Pick<SavedService, 'steps' | 'code'>>
}

/**
 * Saves all services as of one moment: they are paused together, saved, and go on, whatever happens. Nothing else may be done in
 * them meanwhile. Written down before the first image is made, and as ready after the last. A save that fails says so in the
 * log and as an event, leaves nothing, and is no failure of the build: then null; else what was saved. When the signal fires
 * the engine is not waited for, and this ends with the signal's reason.
 */
export async function saveServices(saving: Saving, facts: SaveFacts): Promise<ReusableRecord[] | null> {
  const { parts, build, plan, output, signal } = saving
  const labels = facts.wishes.map(labelOf)
  const after = facts.savePoint === null ? 'the steps' : `${facts.savePoint.service}.${facts.savePoint.step}`
  const records = facts.wishes.map((wish) => recordOf(saving, facts, wish))
  await parts.store.commit(records.map((record) => ({ insert: 'reusable', record })))
  const began = parts.clock.now()
  try {
    const services = await savePaused(saving, facts, records[0]?.id ?? '')
    const stood = ((parts.clock.now() - began) / 1000).toFixed(1)
    const saved = await markReady(parts, records, services)
    output.heading(`saved as ${labels.join(', ')} after ${after}; all services stood still for ${stood} s`)
    await tellSaved(saving, saved, after)
    pruneBeside(parts)
    return saved
  } catch (error) {
    for (const { id } of records) await dropById(parts, id)
    removeLater(parts)
    signal.throwIfAborted()
    if (isQaackError(error, 'engine_unavailable')) throw error
    const message = `could not be saved as ${labels.join(', ')} after ${after}: ${messageOf(error)}${remedyOf(error)}`
    output.heading(`${message}; the build goes on without it`)
    const { repositoryId, environmentId } = build
    await note(parts, 'fault', `build ${build.number} of ${plan.environment.ref.name} ${message}`, {
      repositoryId,
      environmentId,
    })
    return null
  }
}

/** The same images once more for another purpose, without saving anything. */
export async function saveAgain(
  saving: Saving,
  saved: ReusableRecord,
  wish: Pick<ReusableRecord, 'purpose' | 'label'>,
): Promise<void> {
  const { parts } = saving
  const known = await parts.store.get('reusable', saved.id)
  if (!known) return
  const record = { ...known, ...wish, id: newId(), version: 0, savePoint: null }
  // Written in one go with the other, so that nobody removes that meanwhile, and the images with it.
  await parts.store.commit([
    { save: 'reusable', record: known },
    { insert: 'reusable', record },
  ])
}

/** Whatever comes of it, all services go on afterwards. */
async function savePaused(saving: Saving, facts: SaveFacts, reusable: string): Promise<SavedService[]> {
  const { parts, plan } = saving
  const services = plan.environment.services.map((service) => ({
    name: service.name,
    container: parts.engine.container(service.containerId ?? ''),
  }))
  const [end] = await Promise.allSettled([pauseAndSave(services, saving, facts, reusable)])
  const ends = await Promise.allSettled(services.map(({ container }) => container.unpause()))
  const stuck = ends.find(({ status }) => status === 'rejected')
  // Nothing can be built in services that stand still: the build begins again with new ones.
  if (stuck?.status === 'rejected')
    throw new QaackError('engine_unavailable', 'services that were paused to be saved do not go on', {
      cause: stuck.reason,
    })
  if (end.status === 'rejected') throw end.reason
  return end.value
}

async function pauseAndSave(
  services: { name: string; container: Container }[],
  { parts, signal }: Saving,
  { done }: SaveFacts,
  reusable: string,
): Promise<SavedService[]> {
  await together(services, signal, ({ container }) => container.pause())
  return together(services, signal, async ({ name, container }, stop) => {
    const labels = reusableLabels({ instance: parts.instance, reusable, service: name })
    const image = { name: `qaack-reusable/${reusable}:${name}`, labels }
    const { id, layers } = await container.save(image, stop)
    const { steps = 0, code = null } = done.get(name) ?? {}
    const sizes = Object.fromEntries(layers.map((one) => [one.id, one.bytes]))
    return { name, image: id, steps, code, layers: sizes }
  })
}

function recordOf(
  { parts, build, plan }: Saving,
  { savePoint, made }: SaveFacts,
  wish: Pick<ReusableRecord, 'purpose' | 'label'>,
): ReusableRecord {
  const { type, name } = plan.environment.ref
  const now = parts.clock.now()
  return {
    id: newId(),
    version: 0,
    repositoryId: build.repositoryId,
    environmentId: build.environmentId,
    buildId: build.id,
    ref: { type, name },
    ...wish,
    savePoint,
    trusted: plan.source.trusted,
    made,
    services: [],
    status: 'saving',
    savedAt: now,
    usedAt: now,
  }
}

async function markReady(
  parts: Parts,
  records: ReusableRecord[],
  services: SavedService[],
): Promise<ReusableRecord[]> {
  const ready = records.map((record) => ({ ...record, version: 1, services, status: 'ready' as const }))
  await parts.store.commit(ready.map((record) => ({ save: 'reusable', record })))
  return ready.map((record) => ({ ...record, version: 2 }))
}

async function tellSaved({ parts, build }: Saving, saved: ReusableRecord[], after: string): Promise<void> {
  const labels = saved.map(labelOf)
  await changeOwn(parts, build, (s) => {
    const { reusable } = s.environment
    // What only this environment itself is reset to is nothing that others could start from.
    const added = labels.filter((label) => label !== 'reset' && !reusable.saved.includes(label))
    return {
      environment: { ...s.environment, reusable: { ...reusable, saved: [...reusable.saved, ...added] } },
      event: { kind: 'build', message: `build ${build.number} saved as ${labels.join(', ')} after ${after}` },
    }
  })
}

function remedyOf(error: unknown): string {
  return isQaackError(error, 'disk_full') ? '; free space there, or lower reusable.disk' : ''
}

async function dropById(parts: Parts, id: string): Promise<void> {
  const record = await parts.store.get('reusable', id)
  // A look for what is lost finds what cannot be removed now.
  if (record)
    await dropReusable(parts, record).catch((error: unknown) =>
      parts.logger.warn({ reusable: id }, messageOf(error)),
    )
}
