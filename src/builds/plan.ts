import type { EnvironmentRecord } from '../environments/environment.ts'
import { QaackError } from '../errors.ts'
import type { ChangeHost } from '../hosts/host.ts'
import type { Parts } from '../parts.ts'
import type { Qaackfile, TemplateData } from '../qaackfile/qaackfile.ts'
import { readWithIdentity } from '../qaackfile/read.ts'
import { QaackfileRefused } from '../qaackfile/refused.ts'
import type { Mirror } from '../repositories/mirror.ts'
import { mirrorOf } from '../repositories/mirrors.ts'
import type { GroupRecord, Ref, RepositoryRecord, RepositorySettings } from '../repositories/repository.ts'
import { sshFiles, withSshKey } from '../repositories/ssh-key.ts'
import { templateData } from '../workloads/template-data.ts'
import type { WorkloadFile } from '../workloads/workload.ts'
import type { BuildRecord, BuildSource } from './build.ts'
import { customVariables, type CustomVariables } from './custom-variables.ts'
import { ownFile } from './own-file.ts'

/** All that a build is made from. Reading it twice from one source gives the same plan. */
export interface Plan extends CustomVariables {
  environment: EnvironmentRecord
  repository: RepositoryRecord
  group: GroupRecord
  /** Git's own name of the ref at its host. */
  gitRef: string
  source: BuildSource
  /** Has the source's commits; gives code that is not trusted nothing that its author could not have. */
  mirror: Mirror
  qaackfile: Qaackfile
  /** The same with placeholders for the environment's own facts, which alone are no reason to build something again. */
  identity: Qaackfile
  data: TemplateData
  /** Files that every service has. */
  files: WorkloadFile[]
  /** Locked services are kept: the others are told. */
  softRebuild: boolean
}

/** Reads the Qaackfile of the build's source, which the mirror has. All its faults together are one error, `invalid_qaackfile`. */
export async function readPlan(parts: Parts, build: BuildRecord, source: BuildSource): Promise<Plan> {
  const environment = await mustGet(parts, 'environment', build.environmentId)
  const known = await mustGet(parts, 'repository', environment.repositoryId)
  const repository = source.trusted ? await withSshKey(parts, known) : known
  const group = await mustGet(parts, 'group', repository.groupId)
  const whole = mirrorOf(parts, repository)
  const mirror = source.trusted ? whole : whole.forStrangers()
  const host = parts.hosts[repository.type]
  const data = templateData({
    environment,
    repository,
    group,
    host: host?.describe(repository),
    change: source.change,
    hash: build.hash,
    base: parts.config.baseUrl,
  })
  const place = source.qaackfile === source.commit ? codeText(build, source) : source.qaackfile.slice(0, 7)
  const file = await fileOf(mirror, source.qaackfile, place, source.file ?? repository.settings.qaackFile)
  const read = readWithIdentity(file, data)
  if (!('qaackfile' in read)) throw new QaackfileRefused(file.file, read.faults)
  const owner = { repositoryId: repository.id, groupId: group.id }
  const variables = await customVariables(parts, owner, source.trusted)
  const gitRef = gitRefOf(environment.ref, host?.changes ?? null)
  const { qaackfile, identity } = read
  const files = source.trusted ? sshFiles(parts.secretKey, repository) : []
  const softRebuild = environment.state === 'softrebuilding'
  return {
    environment,
    repository,
    group,
    gitRef,
    source,
    mirror,
    qaackfile,
    identity,
    data,
    files,
    softRebuild,
    ...variables,
  }
}

/** Where the code of a change is, each kind of host says for itself. */
function gitRefOf({ type, name }: Ref, changes: Pick<ChangeHost, 'ref'> | null): string {
  if (type === 'change') return changes?.ref(name) ?? name
  return `refs/${type === 'branch' ? 'heads' : 'tags'}/${name}`
}

/** The code for people: the commit that everybody knows, and what it was merged into. */
export function codeText(build: Pick<BuildRecord, 'hash'>, { commit, target }: BuildSource): string {
  const offered = build.hash.slice(0, 7)
  if (target === null || commit === build.hash) return offered
  return `${offered} merged into ${target.name} at ${target.hash.slice(0, 7)}`
}

/** The text and its place: the repository's own, the one kept in the settings, or the first of both. */
async function fileOf(
  mirror: Mirror,
  hash: string,
  place: string,
  { mode, qaackFile }: RepositorySettings['qaackFile'],
): Promise<{ file: string; text: string }> {
  const kept = { file: 'Qaackfile of the repository settings', text: qaackFile }
  if (mode === 'panel') return kept
  const found = await ownFile(mirror, hash)
  if ('file' in found) return found
  if (mode === 'both' && found.none) return kept
  throw new QaackError('invalid_qaackfile', `${found.message} (at commit ${place})`)
}

/** A record that the build cannot be without; `not_found` if it was removed meanwhile. */
export async function mustGet<K extends 'environment' | 'repository' | 'group'>(
  parts: Parts,
  kind: K,
  id: string,
) {
  const record = await parts.store.get(kind, id)
  if (!record) throw new QaackError('not_found', `there is no ${kind} ${id} any more`)
  return record
}
