import { readPlan } from '../builds/plan.ts'
import { sourceOf } from '../builds/source.ts'
import { tailOf } from '../builds/tail.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import { containerRunning, serviceOf } from '../environments/services.ts'
import { BuildFailure, QaackError } from '../errors.ts'
import { note } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import type { QuickAction, Qaackfile } from '../qaackfile/qaackfile.ts'
import { collect, type Collected } from './collect.ts'

/** Seconds that a quick action may take. */
const maxSeconds = 600

/** What a quick action gave that went well. */
export type ActionOutput =
  | { output: 'string'; text: string }
  | { output: 'file'; filename: string; content: Buffer }
  | { output: 'none' }

/**
 * Runs a quick action of the Qaackfile that an environment was made from, in its service as it runs, as often as it is asked
 * for. What speaks against it, and a command that fails, is QaackError `conflict`. `by` is who asked, for people.
 */
export async function runAction(
  parts: Parts,
  environmentId: string,
  name: string,
  { by, signal }: { by: string; signal: AbortSignal },
): Promise<ActionOutput> {
  const environment = await parts.store.get('environment', environmentId)
  if (!environment) throw new QaackError('not_found', `there is no environment ${environmentId}`)
  if (environment.state !== 'built' && environment.state !== 'created')
    throw new QaackError(
      'conflict',
      `environment ${environmentId} is ${environment.state}; quick actions run in one that is built`,
    )
  const { quickActions, services } = await qaackfileOf(parts, environment, signal)
  const action = actionOf(quickActions, name)
  const container = await containerRunning(parts, serviceOf(environment, action.service))
  const shell = services.find((service) => service.name === action.service)?.shell ?? '/bin/sh'
  const about = { repositoryId: environment.repositoryId, environmentId }
  await note(parts, 'command', `quick action ${name} in ${action.service}, asked for by ${by}`, about)
  const late = new QaackError(
    'conflict',
    `quick action ${name} took longer than ${maxSeconds / 60} minutes and was stopped`,
  )
  const limit = parts.clock.deadline(maxSeconds * 1000, late, signal)
  const collected = collect()
  try {
    const command = [shell, '-c', action.command]
    const { exitCode } = await container.exec({ command, onOutput: collected.add, signal: limit.signal })
    return resultOf(name, action, exitCode, collected)
  } finally {
    limit.clear()
  }
}

/** The file of the newest build in what runs now. */
async function qaackfileOf(
  parts: Parts,
  environment: EnvironmentRecord,
  signal: AbortSignal,
): Promise<Qaackfile> {
  const { id: environmentId, generation, repositoryId, ref } = environment
  const builds = await parts.store.list('build', { environmentId })
  const build = builds.findLast((one) => one.generation === generation)
  const repository = await parts.store.get('repository', repositoryId)
  if (!build || !repository)
    throw new QaackError('conflict', `environment ${environmentId} was not built; build it first`)
  try {
    const source = await sourceOf(parts, build, { ref, repository }, signal)
    return (await readPlan(parts, build, source)).qaackfile
  } catch (error) {
    // Nothing of ours failed: e.g. another commit of a fork was approved since, or its target branch is gone.
    if (error instanceof BuildFailure) throw new QaackError('conflict', error.message, { cause: error })
    throw error
  }
}

function actionOf(actions: Record<string, QuickAction>, name: string): QuickAction {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action) return action
  const known = Object.keys(actions).join(', ')
  throw new QaackError(
    'not_found',
    `the Qaackfile has no quick action ${name}; it has ${known || 'none: see quick_actions in its reference'}`,
  )
}

function resultOf(name: string, action: QuickAction, exitCode: number, said: Collected): ActionOutput {
  const { output, filename } = action
  if (exitCode !== 0) {
    const words = tailOf(said.text(), 20)
    throw new QaackError(
      'conflict',
      `quick action ${name} failed with exit code ${exitCode}${words === '' ? '' : `:\n${words}`}`,
    )
  }
  if (output === 'none') return { output }
  if (output === 'string') return { output, text: said.text() }
  const content = said.bytes()
  if (content) return { output, filename, content }
  throw new QaackError(
    'conflict',
    `quick action ${name} gave a file of more than 1 MiB, which is more than can be handed on; make it smaller`,
  )
}
