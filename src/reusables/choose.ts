import type { BuildRecord } from '../builds/build.ts'
import type { Output } from '../builds/output.ts'
import { changeOwn } from '../builds/own.ts'
import type { Plan } from '../builds/plan.ts'
import type { ReusableRecord } from '../builds/reusable.ts'
import { chooseReusable, nobodyAsked, type Choice } from '../builds/reuse/choose.ts'
import type { ImageFacts } from '../engines/engine.ts'
import { BuildFailure } from '../errors.ts'
import { note } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import { Conflict } from '../stores/store.ts'
import { dropReusable } from './forget.ts'
import { makingsOf } from './makings.ts'
import { resetOf } from './reset.ts'
import { labelOf, nameOf, startText } from './words.ts'

interface Choosing {
  parts: Parts
  build: BuildRecord
  plan: Plan
  output: Output
  signal: AbortSignal
}

/**
 * What the services of a build are created from, chosen once for both of its stages and written down; null for the images of
 * the Qaackfile. `images` tells of these by their reference; it is not asked for a reset. Nothing is chosen that cannot be used: what has lost its
 * images is forgotten, and what has lost its code is passed over.
 */
export async function chooseStart(
  choosing: Choosing,
  images: ReadonlyMap<string, ImageFacts>,
): Promise<ReusableRecord | null> {
  const { parts, build, plan, output } = choosing
  const passed: string[] = []
  // What stays over a soft rebuild may have been paused when a server was killed that was saving.
  const containers = plan.environment.services.map((service) =>
    parts.engine.container(service.containerId ?? ''),
  )
  // One that is gone is told of where it is needed.
  await Promise.all(containers.map(async (one) => (await one.inspect()) && one.unpause()))
  for (;;) {
    const choice =
      build.start === 'reset' ? await chooseReset(choosing) : await choose(choosing, images, passed)
    const { use } = choice
    const complaint = use === null ? null : await whyUnusable(choosing, use)
    if (use !== null && complaint !== null) {
      output.heading(`${nameOf(use)} cannot be used: ${complaint}`)
      passed.push(use.id)
      continue
    }
    await writeDown(choosing, choice)
    if (use !== null && !(await markUsed(parts, use))) continue
    for (const line of linesOf(choice, plan, parts.clock.now())) output.heading(line)
    return use
  }
}

/** What the services were created from, in whichever stage and by whichever build of their generation that was chosen. */
export async function startOf(parts: Parts, build: BuildRecord): Promise<ReusableRecord | null> {
  const id = build.reusableId ?? (await creatorsReusable(parts, build))
  if (id === null) return null
  const record = await parts.store.get('reusable', id)
  if (record) return record
  throw new BuildFailure('what the services were started from was removed meanwhile; rebuild the environment')
}

async function creatorsReusable(parts: Parts, build: BuildRecord): Promise<string | null> {
  const builds = await parts.store.list('build', { environmentId: build.environmentId })
  const same = builds.find(
    ({ generation, reusableId }) => generation === build.generation && reusableId !== null,
  )
  return same?.reusableId ?? null
}

async function chooseReset({ parts, build, plan }: Choosing): Promise<Choice> {
  const found = await resetOf(parts, build.environmentId, build.hash)
  if (found && !isOf(found.record, plan))
    throw new BuildFailure(
      'the Qaackfile has other services or build steps than when this was saved, as one of the settings may; ' +
        'rebuild the environment instead',
    )
  if (found) return { use: found.record, why: 'a reset was asked for' }
  throw new BuildFailure(
    'nothing was saved that this environment could be reset to; ' +
      'turn on the setting reset of the repository, then rebuild the environment',
  )
}

/** Whether a build from it has nothing left to do but to start: its file may be one that is not of its commit. */
function isOf(record: ReusableRecord, { qaackfile: { services } }: Plan): boolean {
  const stepsOf = new Map(record.services.map(({ name, steps }) => [name, steps]))
  return (
    services.length === stepsOf.size &&
    services.every(({ name, steps }) => stepsOf.get(name) === steps.length)
  )
}

async function choose(
  { parts, build, plan, signal }: Choosing,
  images: ReadonlyMap<string, ImageFacts>,
  passed: string[],
): Promise<Choice> {
  const { environment, repository, qaackfile, source, mirror } = plan
  const { type, name } = environment.ref
  // Most Qaackfiles: nothing has to be read for them.
  if (qaackfile.reuse === null) return { use: null, why: nobodyAsked }
  const [known, defaultBranch, now] = await Promise.all([
    parts.store.list('reusable', { repositoryId: repository.id, status: 'ready' }),
    mirror.defaultBranch(),
    makingsOf(parts, plan, images, signal),
  ])
  return chooseReusable({
    candidates: known.filter(({ id }) => !passed.includes(id)),
    wish: qaackfile.reuse,
    build: {
      environmentId: environment.id,
      ref: { type, name },
      target: source.target?.name ?? source.change?.Target ?? null,
      defaultBranch,
      trusted: source.trusted,
      start: build.start,
    },
    now,
  })
}

async function whyUnusable(
  { parts, build, plan, signal }: Choosing,
  record: ReusableRecord,
): Promise<string | null> {
  const labels = { 'qaack.instance': parts.instance }
  const commits = [...new Set(record.services.flatMap(({ code }) => code?.commit ?? []))]
  const [all, known] = await Promise.all([
    parts.engine.list(labels, ['image']),
    Promise.all(commits.map(async (commit) => build.start === 'reset' || isThere(plan, commit, signal))),
  ])
  const there = new Set(all.map(({ id }) => id))
  const lost = record.services.filter(({ image }) => !there.has(image))
  if (lost.length > 0) {
    const why = `the saved images of ${lost.map(({ name }) => name).join(', ')} are gone from the engine`
    const about = { repositoryId: record.repositoryId }
    if (await dropReusable(parts, record))
      await note(parts, 'cleanup', `${nameOf(record)} removed: ${why}`, about)
    return why
  }
  const gone = commits.find((_commit, index) => !known[index])
  return gone === undefined ? null : `its commit ${gone.slice(0, 7)} is not in the repository any more`
}

async function isThere({ mirror }: Plan, commit: string, signal: AbortSignal): Promise<boolean> {
  if (await mirror.hasCommit(commit)) return true
  // What was merged here cannot be had from anywhere, nor what a host gives to nobody by its hash.
  await mirror.fetchCommit(commit, signal).catch(() => signal.throwIfAborted())
  return mirror.hasCommit(commit)
}

async function writeDown({ parts, build, plan }: Choosing, { use, why }: Choice): Promise<void> {
  const used = use === null ? null : labelOf(use)
  const wish = plan.qaackfile.reuse
  const from = use === null ? 'starts from nothing saved' : `starts from ${nameOf(use)}`
  await changeOwn(parts, build, (s) => ({
    environment: { ...s.environment, reusable: { used, saved: [], why } },
    save: { ...s.build, reusableId: use?.id ?? null },
    ...(wish === null && use === null
      ? {}
      : { event: { kind: 'build', message: `build ${build.number} ${from}: ${why}` } }),
  }))
}

/** False if it is gone. What cleans up looks at builds after it has read the records: see prune.ts. */
async function markUsed(parts: Parts, { id }: ReusableRecord): Promise<boolean> {
  for (;;) {
    const record = await parts.store.get('reusable', id)
    if (!record) return false
    try {
      await parts.store.commit([{ save: 'reusable', record: { ...record, usedAt: parts.clock.now() } }])
      return true
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
    }
  }
}

function linesOf({ use, why }: Choice, { qaackfile }: Plan, now: number): string[] {
  if (use === null) return qaackfile.reuse === null ? [] : [`nothing saved is used: ${why}`]
  return [
    `started from what was saved: ${why}`,
    ...use.services.map((service) => startText(use, service, now)),
  ]
}
