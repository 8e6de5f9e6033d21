import { BuildFailure, isQaackError, messageOf, outcomeOf } from '../errors.ts'
import type { Decision } from '../environments/decide.ts'
import { destroyUpTo } from '../environments/effects.ts'
import { change } from '../environments/lifecycle.ts'
import {
  decideFailure,
  decideHandBack,
  decideServicesUp,
  decideSuccess,
  type Running,
} from '../environments/outcome.ts'
import type { Parts } from '../parts.ts'
import type { BuildRecord } from './build.ts'
import { buildServices } from './build-services.ts'
import { createServices } from './create.ts'
import { Output } from './output.ts'
import { readPlan, type Plan } from './plan.ts'

/** Why a run ends early: the build was cancelled, replaced or handed on. What is to be written is written already. */
export class Taken extends Error {}

/** Milliseconds between two looks for an engine that is gone. */
const enginePause = 2_000

/** Runs the present stage of a build that was claimed, to its end, and writes down how it ended. Does not throw for a build that fails. */
export async function runBuild(parts: Parts, build: BuildRecord, signal: AbortSignal): Promise<void> {
  const output = new Output(parts, build.id)
  let plan: Plan | undefined
  const limit = parts.clock.deadline(...timeLimit(parts, build), signal)
  try {
    plan = await readPlan(parts, build, limit.signal)
    await runStage(parts, build, plan, output, limit.signal)
  } catch (error) {
    await endBadly(parts, build, output, signal.aborted ? (signal.reason as unknown) : error, signal)
  } finally {
    limit.clear()
    await output
      .close()
      .catch((error: unknown) =>
        parts.logger.error({ err: error, build: build.id }, 'the end of a build log is lost'),
      )
    await leaveNothing(parts, build)
  }
}

async function runStage(
  parts: Parts,
  build: BuildRecord,
  plan: Plan,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  if (build.stage === 'create') {
    output.heading(
      `creating ${plan.qaackfile.services.length} services of ${plan.environment.ref.type} ${plan.environment.ref.name} at ${build.hash.slice(0, 7)}`,
    )
    const created = await createServices(parts, build, plan, output, signal)
    await output.flush()
    await report(parts, build, (s) => decideServicesUp(s, created))
    return
  }
  const { services, steps } = await buildServices(parts, build, plan, output, signal)
  const took = (parts.clock.now() - (build.startedAt ?? build.requestedAt)) / 1000
  output.heading(`ready after ${took.toFixed(1)} s`)
  await output.flush()
  await report(parts, build, (s) => decideSuccess(s, services, steps))
}

async function endBadly(
  parts: Parts,
  build: BuildRecord,
  output: Output,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  if (error instanceof Taken) {
    output.heading(`stopped: ${error.message}`)
    return
  }
  if (isQaackError(error, 'engine_unavailable')) return beginAgain(parts, build, output, signal)
  const ours = outcomeOf(error) === 'ours'
  const reason = messageOf(error)
  if (ours)
    parts.logger.error(
      { err: error, build: build.id, environment: build.environmentId },
      'a build failed through our fault',
    )
  output.heading(`failed: ${reason}`)
  await output.flush()
  await report(parts, build, (s) => decideFailure(s, reason, { ours }))
}

/** An engine that is gone loses no build: it waits until the engine answers, then begins again with new services. */
async function beginAgain(
  parts: Parts,
  build: BuildRecord,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  output.heading('the engine does not answer; the build begins again as soon as it does')
  await output.flush()
  const isBack = () =>
    parts.engine.info().then(
      () => true,
      () => false,
    )
  while (!signal.aborted && !(await isBack())) await parts.clock.sleep(enginePause, signal)
  if (!signal.aborted)
    await report(parts, build, (s) => decideHandBack(s, 'the engine was gone for a while', false))
}

/** Writes the end of a stage, unless the build is not ours any more. */
async function report(parts: Parts, build: BuildRecord, decide: (s: Running) => Decision): Promise<void> {
  await change(parts, build.environmentId, (s) => {
    const mine =
      s.build?.id === build.id &&
      s.build.generation === build.generation &&
      s.build.lease?.owner === build.lease?.owner
    return s.build && mine ? decide({ ...s, build: s.build }) : undefined
  }).catch((error: unknown) => {
    if (messageOf(error).startsWith('there is no environment')) return
    throw error
  })
}

/** What was made for an environment that went away or moved on meanwhile is made undone by the one who made it. */
async function leaveNothing(parts: Parts, build: BuildRecord): Promise<void> {
  const environment = await parts.store.get('environment', build.environmentId)
  const wanted = environment?.generation === build.generation && environment.state !== 'empty'
  if (!wanted) await destroyUpTo(parts, build.environmentId, build.generation)
}

function timeLimit(parts: Parts, build: BuildRecord): [number, Error] {
  const seconds =
    build.stage === 'build' ? parts.config.build.timeout : Math.max(parts.config.build.timeout, 600)
  const what = build.stage === 'build' ? 'the build' : 'the creation of the services'
  return [
    seconds * 1000,
    new BuildFailure(`${what} took longer than ${seconds} s; make it faster, or raise build.timeout`),
  ]
}
