import type { Readable } from 'node:stream'
import { readPlan } from '../builds/plan.ts'
import { sourceOf } from '../builds/source.ts'
import { createTail } from '../builds/tail.ts'
import { answeringBuild, answers } from '../environments/answering.ts'
import type { EnvironmentRecord, ServiceRecord } from '../environments/environment.ts'
import { containerRunning, serviceOf } from '../environments/services.ts'
import type { Container } from '../engines/engine.ts'
import { BuildFailure, QaackError } from '../errors.ts'
import { note } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import type { QuickAction, Qaackfile } from '../qaackfile/qaackfile.ts'
import { followMasker } from '../variables/follow-masker.ts'
import type { Masker } from '../variables/mask.ts'
import { createOutflow, type Outflow } from './outflow.ts'

/** Seconds that a quick action may take. */
const maxSeconds = 600

const mebibyte = 1024 * 1024
/** Bytes of output that are handed on. Of text the rest is left out; a file that is longer is a failure. */
export const mostText = 16 * mebibyte
export const mostFile = 1024 * mebibyte

/** A quick action that runs. */
export interface StartedAction {
  output: QuickAction['output']
  /** Of the file that it gives. */
  filename: string
  /** What it gives, without secrets, as it comes; nothing where its output is `none`. To destroy it stops the action. */
  pieces: Readable
  /** Resolves when more has come than waits for a reader. */
  full: Promise<void>
  /** How it ended: rejects with QaackError `conflict` for one that failed. */
  ended: Promise<void>
}

/**
 * Starts a quick action of the Qaackfile that what answers was made from, in its service as it runs, as often as it is asked
 * for, also while newer services are made beside it. What speaks against it is QaackError `conflict`. `by` is who asked, for
 * people.
 */
export async function startAction(
  parts: Parts,
  environmentId: string,
  name: string,
  { by, signal }: { by: string; signal: AbortSignal },
): Promise<StartedAction> {
  const environment = await parts.store.get('environment', environmentId)
  if (!environment) throw new QaackError('not_found', `there is no environment ${environmentId}`)
  if (!answers(environment))
    throw new QaackError(
      'conflict',
      `environment ${environmentId} is ${environment.state}; quick actions run in one that is built`,
    )
  const { quickActions, services } = await qaackfileOf(parts, environment, signal)
  const action = actionOf(quickActions, name)
  const service = serviceOf(environment, action.service)
  const container = await containerRunning(parts, service)
  const shell = services.find((one) => one.name === action.service)?.shell ?? '/bin/sh'
  const about = { repositoryId: environment.repositoryId, environmentId }
  await note(parts, 'command', `quick action ${name} in ${action.service}, asked for by ${by}`, about)
  const { output, filename } = action
  const { masker, stop } = await followMasker(parts, environment.repositoryId)
  const flow = flowOf(name, action, masker)
  const run = { parts, name, action, environmentId, service, container, shell, masker, flow, signal }
  const ended = runToEnd(run).finally(() => {
    stop()
    flow.end()
  })
  // Whoever waits for the end sees the failure; a reader that left does not have to.
  ended.catch(() => undefined)
  return { output, filename, pieces: flow.pieces, full: flow.full, ended }
}

function flowOf(name: string, { output }: QuickAction, masker: Masker): Outflow {
  // What has an inner order, such as an archive, must keep its length.
  const mask = masker.bytes({ keepLength: output === 'file' })
  switch (output) {
    case 'none':
      return createOutflow(mask, 0, () => Buffer.alloc(0))
    case 'string':
      return createOutflow(mask, mostText, (first) =>
        Buffer.from(
          first ? `\n[the output is longer than ${mostText / mebibyte} MiB; the rest is left out]\n` : '',
        ),
      )
    case 'file':
      return createOutflow(mask, mostFile, () => {
        throw new QaackError(
          'conflict',
          `quick action ${name} gave a file of more than ${mostFile / mebibyte} MiB, which is more than is handed on; make it smaller`,
        )
      })
  }
}

interface Run {
  parts: Parts
  name: string
  action: QuickAction
  environmentId: string
  service: ServiceRecord
  container: Container
  shell: string
  masker: Masker
  flow: Outflow
  signal: AbortSignal
}

async function runToEnd(run: Run): Promise<void> {
  const { parts, name, action, container, shell, masker, flow } = run
  const tooMuch = new AbortController()
  const late = new QaackError(
    'conflict',
    `quick action ${name} took longer than ${maxSeconds / 60} minutes and was stopped`,
  )
  const limit = parts.clock.deadline(
    maxSeconds * 1000,
    late,
    AbortSignal.any([run.signal, flow.left, tooMuch.signal]),
  )
  const tail = createTail()
  const onOutput = (chunk: Buffer) => {
    tail.add(chunk)
    return flow.write(chunk).catch((error: unknown) => tooMuch.abort(error))
  }
  try {
    const command = [shell, '-c', action.command]
    const { exitCode } = await container.exec({ command, onOutput, signal: limit.signal })
    if (exitCode === 0) return
    const words = masker.text(tail.text(20))
    throw new QaackError(
      'conflict',
      `quick action ${name} failed with exit code ${exitCode}${words === '' ? '' : `:\n${words}`}`,
    )
  } catch (error) {
    throw (await wasRebuilt(run)) ?? error
  } finally {
    limit.clear()
  }
}

/** What went wrong may only be that the container was taken away under it. */
async function wasRebuilt({ parts, name, environmentId, service }: Run): Promise<QaackError | undefined> {
  const now = await parts.store.get('environment', environmentId)
  const there = [...(now?.services ?? []), ...(now?.standing?.services ?? [])]
  if (there.some(({ containerId }) => containerId === service.containerId)) return undefined
  const what = now ? `environment ${environmentId} was rebuilt` : `environment ${environmentId} was deleted`
  return new QaackError(
    'conflict',
    `${what} while quick action ${name} ran in service ${service.name}${now ? '; run it again when it is built' : ''}`,
  )
}

/** The file of the build that made what answers. */
async function qaackfileOf(
  parts: Parts,
  environment: EnvironmentRecord,
  signal: AbortSignal,
): Promise<Qaackfile> {
  const { id: environmentId, repositoryId, ref } = environment
  const build = answeringBuild(environment, await parts.store.list('build', { environmentId }))
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
