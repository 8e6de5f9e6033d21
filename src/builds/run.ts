import { BuildFailure, isQaackError, messageOf, outcomeOf } from '../errors.ts'
import { tidy } from '../environments/effects.ts'
import {
  decideAwaitEngine,
  decideFailure,
  decideHandBack,
  decideServicesUp,
  decideSource,
  decideSuccess,
} from '../environments/outcome.ts'
import { reviveStopped } from '../environments/reconcile.ts'
import { nameClash } from '../environments/names.ts'
import type { Parts } from '../parts.ts'
import { forgetOlderResets } from '../reusables/forget.ts'
import { QaackfileRefused } from '../qaackfile/refused.ts'
import type { BuildRecord, StepRecord } from './build.ts'
import { buildServices } from './build-services.ts'
import { createServices } from './create.ts'
import { changeOwn } from './own.ts'
import { Output } from './output.ts'
import { codeText, mustGet, readPlan, type Plan } from './plan.ts'
import { sourceOf } from './source.ts'
import { followMasker, type FollowingMasker } from '../variables/follow-masker.ts'

/** Why a run ends early: the build was cancelled, replaced or handed on. What is to be written is written already. */
export class Taken extends Error {}

/** Milliseconds between two looks for an engine that is gone. */
const enginePause = 2_000

/** What a run works with. */
interface Run {
  parts: Parts
  build: BuildRecord
  output: Output
  /** What is not to be shown; once that is known. */
  hiding?: FollowingMasker
  /** Of the stage, as they end; also of one that fails. */
  steps: StepRecord[]
  signal: AbortSignal
}

/** Runs the present stage of a build that was claimed, to its end, and writes down how it ended. Does not throw for a build that fails. */
export async function runBuild(parts: Parts, build: BuildRecord, signal: AbortSignal): Promise<void> {
  const output = new Output(parts, build.id)
  const limit = parts.clock.deadline(...(await timeLimit(parts, build)), signal)
  const run: Run = { parts, build, output, steps: [], signal: limit.signal }
  try {
    await runStage(run, await begin(run))
  } catch (error) {
    await endBadly({ ...run, signal }, signal.aborted ? (signal.reason as unknown) : error)
  } finally {
    limit.clear()
    run.hiding?.stop()
    await flushed(run, output.close())
    await leaveNothing(parts, build)
  }
}

/** Settles what is built, once for both stages, before anything is made of it. */
async function begin(run: Run): Promise<Plan> {
  const { parts, build, output, signal } = run
  const { ref, repositoryId } = await mustGet(parts, 'environment', build.environmentId)
  const clash = build.stage === 'create' ? await nameClash(parts, build.environmentId) : undefined
  if (clash !== undefined) throw new BuildFailure(clash)
  const repository = await mustGet(parts, 'repository', repositoryId)
  const hiding = (run.hiding = await followMasker(parts, repositoryId))
  output.hide(hiding.masker)
  if (build.source === null && build.unread !== undefined)
    output.heading(
      `the repository could not be asked for a newer commit, so this is the one known: ${build.unread}`,
    )
  const source = await sourceOf(parts, build, { ref, repository }, signal)
  if (build.source === null) await changeOwn(parts, build, (s) => decideSource(s, source))
  const plan = await readPlan(parts, build, source)
  // Again: the plan has the secrets of this moment.
  await hiding.look()
  if (build.source === null) for (const line of plan.leftOut) output.heading(line)
  return plan
}

async function runStage(run: Run, plan: Plan): Promise<void> {
  const { parts, build, output, steps, signal } = run
  if (build.stage === 'create') {
    const { ref } = plan.environment
    const count = plan.qaackfile.services.length
    output.heading(
      `creating ${count} ${count === 1 ? 'service' : 'services'} of ${ref.type} ${ref.name} at ${codeText(build, plan.source)}`,
    )
    const created = await createServices(parts, build, plan, output, signal)
    await flushed(run, output.flush())
    await changeOwn(parts, build, (s) => decideServicesUp(s, created))
    return
  }
  const services = await buildServices(parts, build, plan, output, steps, signal)
  const took = (parts.clock.now() - (build.startedAt ?? build.requestedAt)) / 1000
  output.heading(`ready after ${took.toFixed(1)} s`)
  await flushed(run, output.flush())
  await changeOwn(parts, build, (s) => decideSuccess(s, services, steps))
  await forgetOlderResets(parts, build).catch((error: unknown) =>
    parts.logger.warn({ err: error, build: build.id }, 'what an older build saved for a reset stays'),
  )
}

async function endBadly(run: Run, error: unknown): Promise<void> {
  const { parts, build, output, steps } = run
  if (error instanceof Taken) {
    output.heading(`stopped: ${error.message}`)
    return
  }
  if (isQaackError(error, 'engine_unavailable')) return beginAgain(run, output.masked(error.message))
  const ours = outcomeOf(error) === 'ours'
  const reason = output.masked(messageOf(error))
  const found = error instanceof QaackfileRefused ? error.faults : []
  const faults = found.map((fault) => ({ ...fault, message: output.masked(fault.message) }))
  const about = { err: error, build: build.id, environment: build.environmentId }
  if (ours) parts.logger.error(about, 'a build failed through our fault')
  output.heading(`failed: ${reason}`)
  await flushed(run, output.flush())
  await changeOwn(parts, build, (s) => decideFailure(s, reason, { ours, steps, faults }))
}

/**
 * An engine that is gone loses no build: it waits until the engine answers, then begins again with new services. An engine
 * that answers all the same, but not when it counts, gets three tries.
 */
async function beginAgain(run: Run, complaint: string): Promise<void> {
  const { parts, build, output, signal } = run
  const isBack = () =>
    parts.engine.info().then(
      () => true,
      () => false,
    )
  output.heading(`the engine did not answer; the build begins again as soon as it does (${complaint})`)
  await flushed(run, output.flush())
  const wasGone = !(await isBack())
  await changeOwn(parts, build, (s) => decideAwaitEngine(s, complaint))
  do await parts.clock.sleep(enginePause, signal)
  while (!signal.aborted && !(await isBack()))
  if (!signal.aborted) await changeOwn(parts, build, (s) => decideHandBack(s, complaint, !wasGone))
}

/** A log that cannot be written must not decide about the build; what was not written is tried again with the next piece. */
async function flushed({ parts, build }: Run, writing: Promise<void>): Promise<void> {
  await writing.catch((error: unknown) =>
    parts.logger.error({ err: error, build: build.id }, 'a build log could not be written'),
  )
}

/** What was made for an environment that went away or moved on meanwhile is made undone by the one who made it. */
async function leaveNothing(parts: Parts, build: BuildRecord): Promise<void> {
  const id = build.environmentId
  const environment = await parts.store.get('environment', id)
  const ended = environment && ['empty', 'failed', 'cancelled'].includes(environment.state)
  if (environment?.generation === build.generation && !ended) return
  parts.background.run(`cleanup of ${id}`, () => tidy(parts, id))
  // Locked services that were stopped for a soft rebuild, which came to nothing.
  await reviveStopped(parts, id).catch((error: unknown) =>
    parts.logger.warn({ err: error, environment: id }, 'services could not be started again'),
  )
}

/** The repository's own limit, else the server's. Creating the services gets ten minutes at least, for the first pull of an image. */
async function timeLimit(parts: Parts, build: BuildRecord): Promise<[number, Error]> {
  const repository = await parts.store.get('repository', build.repositoryId)
  const limit = repository?.settings.buildTimeout || parts.config.build.timeout
  const seconds = build.stage === 'build' ? limit : Math.max(limit, 600)
  const what = build.stage === 'build' ? 'the build' : 'the creation of the services'
  const message = `${what} took longer than ${seconds} s; make it faster, or raise build.timeout`
  return [seconds * 1000, new BuildFailure(message)]
}
