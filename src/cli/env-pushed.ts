import { findEnvironment, lookForEnvironment } from './client/find.ts'
import type { Http } from './client/http.ts'
import { splitRef } from './client/match.ts'
import { listRepositories, readRepository } from './client/read.ts'
import type { Environment } from './client/shapes.ts'
import { readRefs } from './repo-sync.ts'
import type { World } from './terminal/world.ts'

/** As `findEnvironment`, but `repository/ref` may have been pushed just now: if it is not known, the refs are read first. */
export async function findPushed(world: World, http: Http, given: string): Promise<Environment> {
  const known = await lookForEnvironment(http, given)
  if (known) return known
  const ids = splitRef(given, await listRepositories(http)).map(({ repository }) => repository.id)
  for (const id of new Set(ids)) await readRefs(world, http, await readRepository(http, id))
  return findEnvironment(http, given)
}
