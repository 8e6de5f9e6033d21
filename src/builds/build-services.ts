import type { ServiceRecord } from '../environments/environment.ts'
import { BuildFailure } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import { environmentFacts } from '../workloads/facts.ts'
import { releaseCommandFor } from '../workloads/supervisor.ts'
import { variablesFor } from '../workloads/variables.ts'
import type { BuildRecord, StepRecord } from './build.ts'
import { checkout } from './checkout.ts'
import type { Output } from './output.ts'
import { ownerOf, workdirOf } from './place.ts'
import type { Plan } from './plan.ts'
import { runsByItself, serviceId } from './create.ts'
import { running, waitUntilReady } from './ready.ts'
import { runStep } from './steps.ts'

/**
 * The build in services that run: code, steps, main process, readiness; each service as soon as those it depends on are
 * ready, several at once. The first failure stops the others and is the build's.
 */
export async function buildServices(
  parts: Parts,
  build: BuildRecord,
  plan: Plan,
  output: Output,
  signal: AbortSignal,
): Promise<{ services: ServiceRecord[]; steps: StepRecord[] }> {
  const records = new Map(plan.environment.services.map((record) => [record.name, record]))
  const steps: StepRecord[] = []
  const rest = new AbortController()
  const stop = AbortSignal.any([signal, rest.signal])
  const begun = new Map<string, Promise<void>>()

  const begin = (service: Service): Promise<void> => {
    const known = begun.get(service.name)
    if (known) return known
    const needs = plan.qaackfile.services.filter(({ name }) => service.dependsOn.includes(name))
    const done = Promise.all(needs.map(begin)).then(async () => {
      const record = records.get(service.name)
      if (!record)
        throw new BuildFailure(
          `service ${service.name} was not created; delete the environment and create it again`,
        )
      steps.push(...(await buildService(parts, build, plan, { service, record, output, signal: stop })))
    })
    begun.set(service.name, done)
    // The first failure is what the build fails of; the others only end because of it.
    done.catch((error: unknown) => rest.abort(error))
    return done
  }

  const ends = await Promise.allSettled(plan.qaackfile.services.map(begin))
  signal.throwIfAborted()
  if (rest.signal.aborted) throw rest.signal.reason
  if (ends.some(({ status }) => status === 'rejected')) throw new Error('a service failed without a reason')
  const services = plan.environment.services.map((record) => ({ ...record, state: 'ready' as const }))
  return { services, steps: steps.sort((a, b) => a.startedAt - b.startedAt) }
}

async function buildService(
  parts: Parts,
  build: BuildRecord,
  plan: Plan,
  made: { service: Service; record: ServiceRecord; output: Output; signal: AbortSignal },
): Promise<StepRecord[]> {
  const { service, record, output, signal } = made
  const container = parts.engine.container(record.containerId ?? '')
  const steps: StepRecord[] = []
  if (!runsByItself(service)) {
    await running(service, container)
    const workdir = await workdirOf(parts, service)
    if (service.checkout) {
      const began = parts.clock.now()
      const path = service.checkout.path ?? workdir
      const owner = await ownerOf(service, container)
      await checkout({
        mirror: plan.mirror,
        hash: build.hash,
        ref: plan.environment.ref,
        container,
        path,
        options: service.checkout,
        owner,
        signal,
      })
      output.heading(
        `${service.name}: code of ${build.hash.slice(0, 7)} put into ${path} in ${((parts.clock.now() - began) / 1000).toFixed(1)} s`,
      )
    }
    const facts = {
      ...environmentFacts(parts, plan),
      serviceId: serviceId(build.environmentId, service.name),
    }
    const variables = variablesFor(service, facts).buildtime
    for (const step of service.steps) {
      steps.push(await runStep(step, { parts, container, service, workdir, variables, output, signal }))
    }
    if (service.start !== null) {
      output.heading(`${service.name}: starting ${service.start}`)
      await container.exec({ command: releaseCommandFor(service.shell), user: '0', signal })
    }
  }
  await waitUntilReady(parts, service, record, output, signal)
  return steps
}
