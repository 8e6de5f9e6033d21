import type { Container } from '../engines/engine.ts'
import { BuildFailure } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { Service, Step } from '../qaackfile/qaackfile.ts'
import type { StepRecord } from './build.ts'
import type { Output } from './output.ts'
import { lastWords, outOfMemory, running } from './ready.ts'
import { createTail } from './tail.ts'

export interface StepSurroundings {
  parts: Parts
  container: Container
  service: Service
  workdir: string
  /** What a step sees beyond the container's own environment: all variables, build-time ones too. */
  variables: Record<string, string>
  output: Output
  /** Where the step is written down when it has ended, however. */
  steps: StepRecord[]
  signal: AbortSignal
}

/** Runs one build step, its commands one after the other; the first exit code other than 0 is a BuildFailure. */
export async function runStep(step: Step, around: StepSurroundings): Promise<void> {
  const { parts, service, output } = around
  const name = `${service.name}.${step.name}`
  const startedAt = parts.clock.now()
  let exitCode: number | null = null
  const late = new BuildFailure(`step ${name} took longer than its timeout of ${step.timeout} s`, {
    step: name,
  })
  const limit =
    step.timeout === null ? undefined : parts.clock.deadline(step.timeout * 1000, late, around.signal)
  try {
    for (const command of step.run) {
      output.heading(`${name}: ${command}`)
      await runCommand(command, step, name, { ...around, signal: limit?.signal ?? around.signal })
    }
    exitCode = 0
  } catch (error) {
    if (error instanceof BuildFailure) exitCode = error.exitCode ?? null
    throw error
  } finally {
    limit?.clear()
    output.heading(`${name}: ended after ${((parts.clock.now() - startedAt) / 1000).toFixed(1)} s`)
    around.steps.push({
      service: service.name,
      step: step.name,
      startedAt,
      endedAt: parts.clock.now(),
      exitCode,
    })
  }
}

async function runCommand(
  command: string,
  step: Step,
  name: string,
  around: StepSurroundings,
): Promise<void> {
  const { container, service, output, signal } = around
  await running(service, container)
  const tail = createTail()
  const stream = output.stream(service.name)
  const user = step.user ?? service.user
  const result = await container
    .exec({
      command: [service.shell, '-c', command],
      variables: around.variables,
      workdir: around.workdir,
      ...(user === null ? {} : { user }),
      onOutput(chunk) {
        tail.add(chunk)
        stream.write(chunk)
      },
      signal,
    })
    .finally(() => stream.end())
  if (result.exitCode === 0) return
  const why = result.outOfMemory ? `: ${outOfMemory(`service ${service.name}`, service)}` : ''
  const said = tail.text(20)
  const words = said === '' ? await lastWords(container) : `\n${said}`
  throw new BuildFailure(`step ${name} failed with exit code ${result.exitCode}${why}: ${command}${words}`, {
    step: name,
    exitCode: result.exitCode,
  })
}
