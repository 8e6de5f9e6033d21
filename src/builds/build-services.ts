import type { ServiceRecord } from '../environments/environment.ts'
import { BuildFailure } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import { environmentFacts } from '../workloads/facts.ts'
import { workdirFor } from '../workloads/from-qaackfile.ts'
import { releaseCommandFor } from '../workloads/supervisor.ts'
import { variablesFor } from '../workloads/variables.ts'
import type { BuildRecord, StepRecord } from './build.ts'
import { waitForAddress } from './address-answers.ts'
import { checkout } from './checkout.ts'
import type { Output } from './output.ts'
import { ownerOf } from './place.ts'
import { codeText, type Plan } from './plan.ts'
import { runsByItself, serviceId } from './create.ts'
import { running, waitUntilReady } from './ready.ts'
import { runStep } from './steps.ts'
import { together } from './together.ts'

/**
 * The build in services that run: code, steps, main process, readiness; each service as soon as those it depends on are
 * ready, several at once; at last the environment's address. The first failure stops the others and is the build's.
 */
export async function buildServices(
  parts: Parts,
  build: BuildRecord,
  plan: Plan,
  output: Output,
  /** Is told of each step when it ends, also of the one that fails. */
  steps: StepRecord[],
  signal: AbortSignal,
): Promise<ServiceRecord[]> {
  const records = new Map(plan.environment.services.map((record) => [record.name, record]))
  const built = new Map(plan.qaackfile.services.map(({ name }) => [name, Promise.withResolvers<void>()]))
  // Whoever waits for one that failed is stopped by the signal; nobody has to hear of it twice.
  for (const { promise } of built.values()) promise.catch(() => undefined)

  await together(plan.qaackfile.services, signal, async (service, stop) => {
    await Promise.race([
      Promise.all(service.dependsOn.flatMap((name) => built.get(name)?.promise ?? [])),
      aborted(stop),
    ])
    const record = records.get(service.name)
    if (!record) {
      throw new BuildFailure(
        `service ${service.name} was not created; delete the environment and create it again`,
      )
    }
    await buildService(parts, build, plan, { service, record, output, steps, signal: stop })
    built.get(service.name)?.resolve()
  })
  await waitForAddress(parts, plan, output, signal)
  return plan.environment.services.map((record) => ({ ...record, state: 'ready' as const }))
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason as Error)
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
  })
}

async function buildService(
  parts: Parts,
  build: BuildRecord,
  plan: Plan,
  made: {
    service: Service
    record: ServiceRecord
    output: Output
    steps: StepRecord[]
    signal: AbortSignal
  },
): Promise<void> {
  const { service, record, output, steps, signal } = made
  const container = parts.engine.container(record.containerId ?? '')
  if (!runsByItself(service)) {
    await running(service, container)
    const { workdir: imageWorkdir } = await parts.engine.prepare(service.image, { signal })
    const workdir = workdirFor(service, imageWorkdir)
    if (service.checkout) {
      const began = parts.clock.now()
      const path = service.checkout.path ?? workdir
      const owner = await ownerOf(service, container, signal)
      await checkout({
        mirror: plan.mirror,
        hash: plan.source.commit,
        ref: plan.environment.ref,
        container,
        path,
        options: service.checkout,
        owner,
        signal,
      })
      output.heading(
        `${service.name}: code of ${codeText(build, plan.source)} put into ${path} in ${((parts.clock.now() - began) / 1000).toFixed(1)} s`,
      )
    }
    const facts = {
      ...environmentFacts(parts, plan),
      serviceId: serviceId(build.environmentId, service.name),
    }
    const variables = variablesFor(service, facts).buildtime
    for (const step of service.steps) {
      await runStep(step, { parts, container, service, workdir, variables, output, signal, steps })
    }
    if (service.start !== null) {
      output.heading(`${service.name}: starting ${service.start}`)
      await container.exec({ command: releaseCommandFor(service.shell), user: '0', signal })
    }
  }
  await waitUntilReady(parts, service, record, output, signal)
}
