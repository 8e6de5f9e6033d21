import type { EnvironmentRecord } from '../environments/environment.ts'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { chooseFile } from '../qaackfile/locate.ts'
import type { Qaackfile, TemplateData } from '../qaackfile/qaackfile.ts'
import { readQaackfile } from '../qaackfile/read.ts'
import { QaackfileRefused } from '../qaackfile/refused.ts'
import type { Mirror } from '../repositories/mirror.ts'
import { mirrorOf } from '../repositories/mirrors.ts'
import type { GroupRecord, RepositoryRecord } from '../repositories/repository.ts'
import { templateData } from '../workloads/template-data.ts'
import type { BuildRecord } from './build.ts'

/** All that a build is made from. Reading it twice at one commit gives the same plan. */
export interface Plan {
  environment: EnvironmentRecord
  repository: RepositoryRecord
  group: GroupRecord
  mirror: Mirror
  qaackfile: Qaackfile
  data: TemplateData
}

/** Reads the Qaackfile at the build's commit. All its faults together are one error, `invalid_qaackfile`. */
export async function readPlan(parts: Parts, build: BuildRecord, signal: AbortSignal): Promise<Plan> {
  const environment = await mustGet(parts, 'environment', build.environmentId)
  const repository = await mustGet(parts, 'repository', environment.repositoryId)
  const group = await mustGet(parts, 'group', repository.groupId)
  const mirror = mirrorOf(parts, repository)
  if (!(await mirror.hasCommit(build.hash))) await mirror.fetch(signal)
  const source = await sourceOf(mirror, build.hash, repository)
  const host = parts.hosts[repository.type]
  const data = templateData({
    environment,
    repository,
    group,
    host: host?.describe(repository),
    hash: build.hash,
    base: parts.config.baseUrl,
  })
  const read = readQaackfile(source, data)
  if (!('qaackfile' in read)) throw new QaackfileRefused(source.file, read.faults)
  return { environment, repository, group, mirror, qaackfile: read.qaackfile, data }
}

/** The text and its place: the repository's own, the one kept in the settings, or the first of both. */
async function sourceOf(
  mirror: Mirror,
  hash: string,
  repository: RepositoryRecord,
): Promise<{ file: string; text: string }> {
  const { mode, qaackFile } = repository.settings.qaackFile
  const kept = { file: 'Qaackfile of the repository settings', text: qaackFile }
  if (mode === 'panel') return kept
  const paths = [...(await mirror.paths(hash, 'qaack')), ...(await mirror.paths(hash, '.qaack'))]
  const found = chooseFile(paths)
  if ('file' in found) return { file: found.file, text: await mirror.readFile(hash, found.file) }
  if (mode === 'both' && found.none) return kept
  throw new QaackError('invalid_qaackfile', `${found.message} (at commit ${hash.slice(0, 7)})`)
}

async function mustGet<K extends 'environment' | 'repository' | 'group'>(parts: Parts, kind: K, id: string) {
  const record = await parts.store.get(kind, id)
  if (!record) throw new QaackError('not_found', `there is no ${kind} ${id} any more`)
  return record
}
