import type { BuildRecord, BuildSource, StepRecord } from '../builds/build.ts'
import type { Fault } from '../qaackfile/qaackfile.ts'
import { fallenBack } from './answering.ts'
import { rebuild } from './begin.ts'
import { ended, refText, stateAfter, type Decision, type Situation } from './decision.ts'
import type { EnvironmentRecord, ServiceRecord } from './environment.ts'
import { leavingAfter } from './owns.ts'

/** A lease that lapses this often ends the build: something of ours dies of it. */
export const maxLapses = 3

/** What the create stage made. */
export interface Created {
  services: ServiceRecord[]
  aliases: Record<string, string>
}

/** A situation that is sure to have a build. */
export type Running = Situation & { build: BuildRecord }

/** A worker takes what waits. In stage `build` that is the slot the environment was queued for. */
export function decideClaim(s: Running, lease: { owner: string; until: number }): Decision {
  const build: BuildRecord = {
    ...s.build,
    status: 'running',
    lease,
    startedAt: s.build.stage === 'build' ? s.now : (s.build.startedAt ?? s.now),
  }
  const slot = s.build.stage === 'build'
  return {
    environment: slot ? { ...s.environment, state: stateAfter(s.environment, 'slot') } : s.environment,
    save: build,
    event: {
      kind: 'build',
      message: `build ${build.number}: ${slot ? 'building' : 'creating the services'}`,
    },
  }
}

/** What the build is made from is known, and stays so to its end. */
export function decideSource(s: Running, source: BuildSource): Decision {
  return { environment: s.environment, save: { ...s.build, source } }
}

/** The services run. The build, if one is wanted, waits for a slot. */
export function decideServicesUp(s: Running, created: Created): Decision {
  const up = { ...s.environment, ...created, state: stateAfter(s.environment, 'services-up') }
  if (!s.build.wantsBuild) {
    return {
      environment: up,
      save: ended(s.build, 'created', '', s.now),
      event: { kind: 'environment', message: 'created; no build was asked for' },
    }
  }
  return {
    environment: { ...up, state: stateAfter(up, 'enqueue') },
    save: { ...s.build, stage: 'build', status: 'waiting', waitingSince: s.now, lease: null },
    event: { kind: 'environment', message: `created; build ${s.build.number} waits for a slot` },
  }
}

/** What answered is not to answer any more: a soft rebuild stops the locked services that it needs. `undefined` if it does not. */
export function decideGiveWay({ environment }: Situation): Decision | undefined {
  if (environment.standing === null && environment.serving === null) return undefined
  return { environment: { ...environment, standing: null, serving: null } }
}

export function decideSuccess(s: Running, services: ServiceRecord[], steps: StepRecord[]): Decision {
  const build = { ...ended(s.build, 'succeeded', '', s.now), steps }
  const duration = s.now - (build.startedAt ?? s.now)
  const built: EnvironmentRecord = {
    ...s.environment,
    state: stateAfter(s.environment, 'succeed'),
    reason: '',
    builtAt: s.now,
    buildDuration: duration,
    superseded: 0,
    services,
    standing: null,
    leaving: leavingAfter(s.environment, s.now),
    serving: { hash: build.hash, stale: s.environment.ref.hash !== build.hash },
  }
  const message = `build ${build.number} of ${refText(built)} is ready after ${(duration / 1000).toFixed(1)} s`
  return followUp(s, { environment: built, save: build, event: { kind: 'build', message }, tidy: true })
}

/** The user's build failed, or we did; `reason` says which and why. */
export function decideFailure(
  s: Running,
  reason: string,
  facts: { ours: boolean; steps?: StepRecord[]; faults?: Fault[] },
): Decision {
  const state = stateAfter(s.environment, s.environment.state === 'creating' ? 'services-failed' : 'fail')
  const build = {
    ...ended(s.build, facts.ours ? 'lost' : 'failed', reason, s.now),
    steps: facts.steps ?? s.build.steps,
    faults: facts.faults ?? [],
  }
  return followUp(s, {
    environment: { ...fallenBack(s.environment), state, reason, superseded: 0 },
    save: build,
    event: {
      kind: facts.ours ? 'fault' : 'build',
      message: `build ${build.number} failed: ${firstLine(reason)}`,
    },
    tidy: true,
  })
}

/** The engine is gone: all there is to do is to wait for it, and to say so. */
export function decideAwaitEngine(s: Running, complaint: string): Decision {
  const reason = `The build waits for the engine, and begins again as soon as it answers: ${complaint}.`
  return {
    environment: { ...s.environment, reason },
    event: { kind: 'fault', message: `build ${s.build.number} waits for the engine: ${complaint}` },
  }
}

/**
 * The worker went away, or what it works with did: the build begins again with new services, because nobody knows how far
 * the old ones got. `counts` is false where nothing is wrong, as at a shutdown; the third that counts is our failure.
 */
export function decideHandBack(s: Running, why: string, counts: boolean): Decision {
  const lapses = s.build.lapses + (counts ? 1 : 0)
  if (lapses >= maxLapses) {
    const reason = `${why}, ${lapses} times during this build; that is not the fault of the code. See the server's log, then rebuild.`
    return decideFailure({ ...s, build: { ...s.build, lapses } }, reason, { ours: true })
  }
  const again = rebuild({ ...s, build: null }, { hash: s.build.hash, why, outcome: 'lost' }).environment
  const { generation } = again
  const { ref, next, builds, createdFrom } = s.environment
  return {
    // The same build goes on; what the ref points to, and what waits for this build's end, is as it was.
    environment: { ...again, ref, next, builds, createdFrom },
    tidy: true,
    save: {
      ...s.build,
      stage: 'create',
      status: 'waiting',
      generation,
      reusableId: null,
      waitingSince: s.now,
      lease: null,
      lapses,
      steps: [],
    },
    event: { kind: 'build', message: `build ${s.build.number} begins again: ${why}` },
  }
}

/** A commit that waited for this build's end is built now. */
function followUp(s: Running, end: Decision): Decision {
  const next = s.environment.next
  if (next === null) return end
  const again = rebuild(
    { ...s, build: null, environment: end.environment },
    { hash: next, why: `new commit ${next.slice(0, 7)}`, outcome: 'superseded' },
  )
  return {
    ...again,
    save: end.save,
    event: { kind: 'build', message: `${end.event?.message}; ${again.event?.message}` },
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
