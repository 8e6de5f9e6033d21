import { addressOf, type BaseUrl } from '../config/config.ts'
import type { BuildRecord } from '../builds/build.ts'
import type { EnvironmentRecord, ServiceRecord } from '../environments/environment.ts'
import { queuePositions } from '../queue/select.ts'
import type { Store } from '../stores/store.ts'
import { readLines } from './log-text.ts'
import type { Page, PageBuild, PageFacts } from './state-page-facts.ts'

/** Lines of the build log on a page, and about as many characters. */
const tailLines = 60
const tailLength = 12_000

/** Gathers what the state page of an environment shows. Only for pages: it asks the store several times. */
export async function loadFacts(
  store: Store,
  base: BaseUrl,
  environment: EnvironmentRecord,
  page: Page,
): Promise<PageFacts> {
  const [repository, builds, open] = await Promise.all([
    store.get('repository', environment.repositoryId),
    store.list('build', { environmentId: environment.id }),
    store.list('build', { status: ['waiting', 'running'] }),
  ])
  // An empty environment has forgotten its builds as far as its visitors are concerned.
  const build = environment.state === 'empty' ? undefined : builds.at(-1)
  return {
    ...page,
    environment: {
      id: environment.id,
      state: environment.state,
      repository: repository?.name ?? '',
      ref: environment.ref,
      services: environment.services.map((service) => serviceFacts(base, environment.id, service)),
      expiresAt: environment.expiresAt,
      queuePosition: ['queued', 'softrebuilding'].includes(environment.state)
        ? (queuePositions(open).get(environment.id) ?? null)
        : null,
      build: build ? await buildFacts(store, build) : null,
    },
  }
}

function serviceFacts(base: BaseUrl, id: string, { name, state, port, default: isDefault }: ServiceRecord) {
  const label = isDefault ? id : `serv-${name}-${id}`
  return { name, state, url: port === null ? null : addressOf(base, label) }
}

async function buildFacts(store: Store, build: BuildRecord): Promise<PageBuild> {
  const { text, start, end } = await store.readLog(build.id, -tailLength)
  const whole = start > 0 ? text.slice(text.indexOf('\n') + 1) : text
  const { lines, rest } = readLines(whole)
  return {
    id: build.id,
    number: build.number,
    runningSince: build.status === 'running' ? build.startedAt : null,
    log: { lines: lines.slice(-tailLines), end: end - rest },
  }
}
