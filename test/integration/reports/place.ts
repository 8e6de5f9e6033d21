import { Background } from '../../../src/background.ts'
import type { BuildRecord } from '../../../src/builds/build.ts'
import type { ChangeRecord } from '../../../src/changes/change.ts'
import type { EnvironmentRecord } from '../../../src/environments/environment.ts'
import { createGitHost } from '../../../src/hosts/git/git-host.ts'
import { silentLogger } from '../../../src/logger.ts'
import type { Parts } from '../../../src/parts.ts'
import type { Change, Kind, Records } from '../../../src/stores/store.ts'
import type { GitHost } from '../../../src/hosts/host.ts'
import type { RepositoryRecord } from '../../../src/repositories/repository.ts'
import { FakeChangeHost } from '../../fakes/change-host.ts'
import { ManualClock } from '../../fakes/clock.ts'
import { FakeEngine } from '../../fakes/engine.ts'
import { makeParts } from '../../fakes/parts.ts'
import { build, change, environment, now, offered, repository } from '../../unit/reports/records.ts'

const changeId = 'change2222'
const environmentId = 'abcdefghij'
const busy = { serving: null, builtAt: null, services: [] }
/** Where the change is, if not in the fake. */
interface Given {
  host: GitHost
  repository: RepositoryRecord
  name: string
  hash: string
}

const running: Partial<BuildRecord> = { status: 'running', outcome: null, endedAt: null, steps: [] }

/** A change, its environment and a host that shows reports on it; the flows that would change them are played by hand. */
export async function openPlace(given: Partial<Given> = {}) {
  const { name = '12', hash = offered } = given
  const clock = new ManualClock(now)
  const parts = await makeParts({ engine: new FakeEngine({ now: () => clock.now() }), clock })
  const host = new FakeChangeHost()
  const ref = { type: 'change', name, hash } as const
  parts.hosts.github = given.host ?? {
    ...createGitHost(),
    describe,
    repositories: () => Promise.resolve(null),
    changes: host,
  }
  await parts.store.commit([
    { insert: 'repository', record: { ...(given.repository ?? repository), id: repository.id } },
    { insert: 'change', record: change({ name, hash, verdict: null }) },
  ])

  async function edit<K extends Kind>(kind: K, id: string, more: Partial<Records[K]>): Promise<void> {
    const known = await parts.store.get(kind, id)
    await parts.store.commit([{ save: kind, record: { ...known, ...more } } as Change])
  }
  const editBoth = async (env: Partial<EnvironmentRecord>, made: Partial<BuildRecord>) => {
    await edit('environment', environmentId, env)
    await edit('build', 'build22222', made)
  }

  const place = {
    clock,
    parts: parts as Parts,
    host,
    changeId,
    edit,
    decided: (verdict: ChangeRecord['verdict']) => edit('change', changeId, { verdict }),
    report: () => parts.store.get('report', changeId),
    events: async () => (await parts.store.events({})).filter(({ kind }) => kind === 'report'),
    begins: async () => {
      await parts.store.commit([
        { insert: 'environment', record: environment({ ...busy, ref, state: 'creating' }) },
        { insert: 'build', record: build({ ...running, hash, stage: 'create' }) },
      ])
      await place.decided({ kind: 'build', hash, why: '' })
    },
    builds: () => editBoth({ state: 'building' }, running),
    isReady: async () => {
      await editBoth(
        {
          ...environment({ ref, serving: { hash, stale: false } }),
          version: (await parts.store.get('environment', environmentId))?.version ?? 0,
        },
        { status: 'ended', outcome: 'succeeded', endedAt: now + 65_000, steps: build().steps },
      )
    },
    closes: async () => {
      await edit('change', changeId, { state: 'closed' })
      const record = await parts.store.get('environment', environmentId)
      await parts.store.commit([{ remove: 'environment', id: environmentId, version: record?.version ?? 0 }])
      await place.decided({ kind: 'closed', hash, why: 'the change was closed' })
    },
    /** Another server on the same store. */
    another: (more: Partial<Parts> = {}): Parts => ({
      ...parts,
      background: new Background(silentLogger),
      ...more,
    }),
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  }
  return place
}

function describe() {
  return { webUrl: 'https://github.com/acme/shop', templateParams: {} }
}
