import type { Clock } from '../../clock.ts'
import type { HostRepository } from '../event.ts'
import { isHostFailure } from '../failure.ts'
import { each, type Asker } from './ask.ts'
import type { GithubConnection } from './connection.ts'
import { installation, repository } from './payloads.ts'
import { hostRepository } from './translate.ts'

/** All repositories of all installations of the app; those that are suspended give none. */
export async function listRepositories(
  connection: GithubConnection,
  clock: Clock,
): Promise<HostRepository[]> {
  const asApp = { client: await connection.client(), clock }
  const found: HostRepository[] = []
  for await (const { id, suspended_at } of each(asApp, 'GET /app/installations', {}, installation))
    if (!suspended_at) found.push(...(await ofInstallation(connection, id, clock)))
  return found
}

/** Fails rather than to leave out what could not be read: what is missing counts as gone. */
async function ofInstallation(
  connection: GithubConnection,
  id: number,
  clock: Clock,
): Promise<HostRepository[]> {
  const found: HostRepository[] = []
  try {
    const asker: Asker = { client: await connection.client(id), clock }
    for await (const one of each(asker, 'GET /installation/repositories', {}, repository))
      found.push(hostRepository(one, id))
    return found
  } catch (error) {
    // It ended while we looked.
    if (isHostFailure(error, 'gone')) return []
    throw error
  }
}
