import type { ServiceRecord } from '../environments/environment.ts'
import type { Container, ImageFacts } from '../engines/engine.ts'
import { BuildFailure } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { Service, Step } from '../qaackfile/qaackfile.ts'
import { startOf } from '../reusables/choose.ts'
import { holdFor, type Hold } from '../reusables/hold.ts'
import { Progress } from '../reusables/progress.ts'
import { environmentFacts } from '../workloads/facts.ts'
import { workdirFor } from '../workloads/from-qaackfile.ts'
import { releaseCommandFor } from '../workloads/supervisor.ts'
import { variablesFor } from '../workloads/variables.ts'
import type { BuildRecord, StepRecord } from './build.ts'
import { waitForAddress } from './address-answers.ts'
import { checkout } from './checkout.ts'
import { codeOf } from './code.ts'
import { filesWithCode } from './code-files.ts'
import type { Output } from './output.ts'
import { ownerOf } from './place.ts'
import { codeText, type Plan } from './plan.ts'
import { runsByItself, serviceId } from './create.ts'
import { running, waitUntilReady } from './ready.ts'
import { runStep } from './steps.ts'
import { orAborted, together } from './together.ts'

/**
 * The build in services that run: the code of all at once, then steps, main process and readiness of each as soon as those
 * it depends on are ready; at last the environment's address. The first failure stops the others and is the build's.
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

  const saving = { parts, build, plan, output, signal }
  const progress = new Progress(saving, await startOf(parts, build))
  const hold = holdFor(saving, () => progress.keepForReset(signal))

  await together(plan.qaackfile.services, signal, async (service, stop) => {
    const record = records.get(service.name)
    if (!record) {
      throw new BuildFailure(
        `service ${service.name} was not created; delete the environment and create it again`,
      )
    }
    const needed = orAborted(
      Promise.all(service.dependsOn.flatMap((name) => built.get(name)?.promise ?? [])),
      stop,
    )
    // It may be told of while the code is still on its way.
    needed.catch(() => undefined)
    const made = { service, record, output, steps, progress, hold, signal: stop, needed }
    await buildService(parts, build, plan, made)
    built.get(service.name)?.resolve()
  })
  await hold.kept(signal)
  await waitForAddress(parts, plan, output, signal)
  return plan.environment.services.map((record) => ({ ...record, state: 'ready' as const }))
}

interface Made {
  service: Service
  record: ServiceRecord
  output: Output
  steps: StepRecord[]
  progress: Progress
  hold: Hold
  signal: AbortSignal
  /** Resolves when all that the service depends on is ready. */
  needed: Promise<unknown>
}

async function buildService(parts: Parts, build: BuildRecord, plan: Plan, made: Made): Promise<void> {
  const { service, record, output, progress, hold, signal, needed } = made
  const container = parts.engine.container(record.containerId ?? '')
  const { gate } = progress
  const ready = () => waitUntilReady(parts, service, record, output, signal, gate)
  // What is locked was built before, and keeps its code, its data and its variables.
  if (record.locked || runsByItself(service)) {
    await needed
    await progress.running(service.name, ready)
    return hold.done(service.name)
  }
  await running(service, container)
  const image = await parts.engine.prepare(service.image, { signal })
  const workdir = workdirFor(service, image.workdir)
  // Code needs nobody to be ready; what is done with it does.
  await gate.pass(() => putCode(parts, build, plan, { ...made, container, image }), signal)
  await needed
  const facts = {
    ...environmentFacts(parts, plan),
    serviceId: serviceId(build.environmentId, service.name),
  }
  const variables = variablesFor(service, facts).buildtime
  const skipped = progress.skipped(service)
  if (skipped > 0)
    output.heading(`${service.name}: not run again: ${namesOf(service.steps.slice(0, skipped))}`)
  for (const step of service.steps.slice(skipped)) {
    const began = parts.clock.now()
    const around = { parts, container, service, workdir, variables, output, signal, steps: made.steps }
    const running = { service: service.name, step: step.name }
    await gate.pass(() => hold.during(running, () => runStep(step, around)), signal)
    await progress.stepDone(service, step.name, parts.clock.now() - began, signal)
  }
  hold.done(service.name)
  const { start } = service
  if (start === null) return ready()
  await hold.wait(service.name, signal)
  const release = async () => {
    output.heading(`${service.name}: starting ${start}`)
    await container.exec({ command: releaseCommandFor(service.shell), user: '0', signal })
  }
  await progress.starting(service.name, release, ready, signal)
}

/** The code, or what of it is not there yet. What is reset has it. */
async function putCode(
  parts: Parts,
  build: BuildRecord,
  plan: Plan,
  made: Made & { container: Container; image: ImageFacts },
): Promise<void> {
  const { service, container, output, progress, signal } = made
  const code = codeOf(plan, service, made.image, progress.saved(service.name))
  if (!code || build.start === 'reset') return
  const began = parts.clock.now()
  const owner = await ownerOf(service, made.image, container, signal)
  const id = serviceId(build.environmentId, service.name)
  const files = filesWithCode(parts, build, plan, { service, serviceId: id })
  await checkout({ ...code, container, owner, ...(files ? { files } : {}), signal })
  const { hash: commit, path, options, previous } = code
  progress.noteCode(service.name, { commit, path, options })
  const took = ((parts.clock.now() - began) / 1000).toFixed(1)
  const what = previous === undefined ? 'code' : `what changed since ${previous.slice(0, 7)} of the code`
  output.heading(`${service.name}: ${what} of ${codeText(build, plan.source)} put into ${path} in ${took} s`)
}

function namesOf(steps: Step[]): string {
  return steps.map(({ name }) => name).join(', ')
}
