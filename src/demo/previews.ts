import { until, type ServerProcess } from '../setup/server-process.ts'
import type { SampleRepository } from './repository.ts'
import { prefixed } from './terminal.ts'

/** A preview of one branch, as the demo needs it. */
export interface Preview {
  id: string
  branch: string
  weburl: string
  /** All its other addresses. */
  names: string[]
  hash: string
}

interface EnvironmentView {
  id: string
  status: string
  reason: string
  weburl: string
  names: string[]
  gitRef: { name: string; hash: string }
}

/** Adds the sample, reads its refs, and returns the ids: the repository's, and each branch's environment's. */
export async function addSample(
  server: ServerProcess,
  sample: SampleRepository,
): Promise<{ repository: string; environments: Map<string, string> }> {
  const groups = await server.api<{ id: string; name: string }[]>('GET', '/api/groups')
  const group = groups.find(({ name }) => name === 'default') ?? groups[0]
  if (!group) throw new Error('The server knows no group, though it makes one at its first start.')
  const wish = { name: 'shop', type: 'generic', params: { origin: sample.origin } }
  const { id } = await server.api<{ id: string }>('POST', `/api/group/${group.id}`, wish)
  await server.api('POST', `/api/repository/${id}/sync`)
  const environments = new Map<string, string>()
  await until(async () => {
    const view = await server.api<{ environments: EnvironmentView[] }>('GET', `/api/repository/${id}`)
    for (const { id, gitRef } of view.environments) environments.set(gitRef.name, id)
    return sample.branches.every((branch) => environments.has(branch))
  }, 'the branches of the sample are known')
  return { repository: id, environments }
}

/**
 * Shows a build's log while it grows and waits for its end.
 *
 * @param build number of the build, from 1; one that is not there yet is waited for
 * @param brief only its steps, not what the programs in them write
 * @returns the preview; a build that failed is thrown with its reason
 */
export async function followBuild(
  server: ServerProcess,
  environment: { id: string; branch: string },
  options: { build: number; width: number; index: number; brief?: boolean },
): Promise<Preview> {
  const { id, branch } = environment
  const isKept = (line: string) => options.brief !== true || line.startsWith('==> ')
  await showLog(server, id, options.build, prefixed(branch, options.width, options.index, isKept))
  const view = await server.api<EnvironmentView>('GET', `/api/environment/${id}`)
  if (view.status !== 'built') throw new Error(`The preview of ${branch} is ${view.status}: ${view.reason}`)
  return { id, branch, weburl: view.weburl, names: view.names, hash: view.gitRef.hash }
}

async function showLog(
  server: ServerProcess,
  id: string,
  build: number,
  out: ReturnType<typeof prefixed>,
): Promise<void> {
  let answer: Response | undefined
  await until(async () => {
    answer = await server.fetch('GET', `/api/environment/${id}/log?follow=true&build=${build}`)
    if (!answer.ok) await answer.body?.cancel()
    return answer.ok
  }, `build ${build} of environment ${id} has begun`)
  const decoder = new TextDecoder()
  const chunks = (answer?.body ?? []) as AsyncIterable<Uint8Array>
  for await (const chunk of chunks) out.write(decoder.decode(chunk, { stream: true }))
  out.end()
}
