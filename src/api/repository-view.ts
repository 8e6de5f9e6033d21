import { z } from 'zod'
import type { ReusableRecord } from '../builds/reusable.ts'
import { addressOf, type BaseUrl } from '../config/config.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'

export const repositoryViewSchema = z
  .object({
    id: z.string(),
    gid: z.string().describe('Id of the group.'),
    name: z.string(),
    type: z.string(),
    url: z.string().describe('Where the code comes from, without credentials.'),
    details: z.object({
      url: z.string().describe('Page of the repository at its host, where there is one; else as url.'),
    }),
    size: z
      .int()
      .optional()
      .describe('Sum of the sizes of its environments, in bytes; left out until each is known.'),
    syncedAt: z.string().optional().describe('When the refs were last read; left out before the first time.'),
    syncError: z.string().optional().describe('Why the last reading of the refs failed.'),
    environments: z.array(
      z.object({
        id: z.string(),
        name: z.string().describe('Its readable host name, or the name of its ref.'),
        gitRef: z.object({ name: z.string(), type: z.string(), hash: z.string() }),
        status: z.string(),
        weburl: z.string(),
      }),
    ),
    reusableEnvironments: z
      .array(
        z.object({
          label: z.string(),
          buildAt: z.string().describe('RFC 3339.'),
          from: z.object({ name: z.string().describe('The ref that it was saved of.') }),
        }),
      )
      .describe('Saved services that builds may start from, the newest of each label and ref.'),
  })
  .meta({ id: 'Repository' })

/** A repository as the API answers it. Nothing secret is in it. */
export function repositoryView(
  repository: RepositoryRecord,
  {
    environments,
    reusables,
    size,
  }: { environments: EnvironmentRecord[]; reusables: ReusableRecord[]; size?: number | undefined },
  base: BaseUrl,
  webUrl: string | null | undefined,
): z.output<typeof repositoryViewSchema> {
  // Whoever adds a repository has user and password taken out of it.
  const url = repository.params.origin
  return {
    id: repository.id,
    gid: repository.groupId,
    name: repository.name,
    type: repository.type,
    url,
    details: { url: webUrl ?? url },
    ...(size === undefined ? {} : { size }),
    ...(repository.syncedAt === null ? {} : { syncedAt: new Date(repository.syncedAt).toISOString() }),
    ...(repository.syncError === null ? {} : { syncError: repository.syncError }),
    environments: environments.map(({ id, name, ref, state }) => ({
      id,
      name: name ?? ref.name,
      gitRef: { name: ref.name, type: ref.type, hash: ref.hash },
      status: state,
      weburl: addressOf(base, id),
    })),
    reusableEnvironments: reusablesView(reusables),
  }
}

function reusablesView(reusables: ReusableRecord[]) {
  const newest = new Map<string, { label: string; buildAt: string; from: { name: string } }>()
  for (const { label, status, savedAt, ref } of reusables.toSorted((a, b) => a.savedAt - b.savedAt)) {
    if (label === null || status !== 'ready') continue
    const view = { label, buildAt: new Date(savedAt).toISOString(), from: { name: ref.name } }
    newest.set(JSON.stringify([label, ref.type, ref.name]), view)
  }
  return [...newest.values()]
}
