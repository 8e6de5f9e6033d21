import type { BuildRecord } from '../builds/build.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import type { ChangeHost } from '../hosts/host.ts'
import type { Parts } from '../parts.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import { commandHelp } from '../triggers/command-help.ts'
import { maskerFor } from '../variables/masker-for.ts'
import type { ReportFacts } from './facts.ts'
import { reportKinds, type ReportRecord } from './report.ts'

/** Characters of a log that are looked at. */
const logLength = 32_000

/** What is known of what was told before. */
export type Told = Pick<ReportRecord, 'published' | 'environmentId'>

/** All that a report is made of as it is now, and who shows it; undefined if the change is not known, or has no place for reports. */
export async function gatherFacts(
  parts: Parts,
  changeId: string,
  told: Told,
): Promise<{ facts: ReportFacts; host: ChangeHost } | undefined> {
  const change = await parts.store.get('change', changeId)
  const repository = change && (await parts.store.get('repository', change.repositoryId))
  const host = repository && parts.hosts[repository.type]?.changes
  if (!change || !repository || !host) return undefined
  const { repositoryId, name: refName } = change
  const environments = await parts.store.list('environment', { repositoryId, refType: 'change', refName })
  const [environment = null, ...clones] = firstOneFirst(environments)
  const build = environment
    ? await newestBuild(parts, environment)
    : await lastBuild(parts, told.environmentId)
  const masker = await maskerFor(parts, repository)
  const facts = {
    change,
    repository,
    webUrl: webUrlOf(parts, repository),
    environment,
    build,
    clones,
    log: build?.status === 'ended' ? await endOfLog(parts, build) : '',
    baseUrl: parts.config.baseUrl,
    published: reportKinds.filter((kind) => told.published[kind]),
    help: commandHelp,
    mask: (text: string) => masker.text(text),
  }
  return { facts, host }
}

/** The one that owns the readable name, else the one that was there first. */
function firstOneFirst(environments: EnvironmentRecord[]): EnvironmentRecord[] {
  return environments.toSorted((one, other) => Number(one.name === null) - Number(other.name === null))
}

async function newestBuild(parts: Parts, { id, builds }: EnvironmentRecord): Promise<BuildRecord | null> {
  if (builds === 0) return null
  const [build = null] = await parts.store.list('build', { environmentId: id, number: builds })
  return build
}

/** Of an environment that is gone. */
async function lastBuild(parts: Parts, environmentId: string | null): Promise<BuildRecord | null> {
  if (environmentId === null) return null
  return (await parts.store.list('build', { environmentId })).at(-1) ?? null
}

/** From the beginning of a line on. */
async function endOfLog(parts: Parts, build: BuildRecord): Promise<string> {
  const { text, start } = await parts.store.readLog(build.id, -logLength)
  return start === 0 ? text : text.slice(text.indexOf('\n') + 1)
}

function webUrlOf(parts: Parts, repository: RepositoryRecord): string | null {
  return parts.hosts[repository.type]?.describe(repository).webUrl ?? null
}
