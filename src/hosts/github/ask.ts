import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { GithubClient } from './client.ts'
import { toHostFailure } from './refusal.ts'
import type { Me } from './me.ts'

/** Somebody who may ask GitHub. */
export interface Asker {
  client: GithubClient
  clock: Clock
}

/** The same, about one repository. */
export interface RepositoryAsker extends Asker {
  owner: string
  repo: string
  /** Who we are there. */
  me: () => Promise<Me>
}

/**
 * Asks GitHub once, e.g. `GET /repos/{owner}/{repo}/pulls/{pull_number}`; `owner` and `repo` are the asker's. The answer is
 * checked to be what we read of it. Fails with HostFailure.
 */
export async function ask<T>(
  asker: Asker | RepositoryAsker,
  route: string,
  parameters: Record<string, unknown>,
  answer: z.ZodType<T>,
): Promise<T> {
  try {
    const response = await asker.client.request(route, { ...named(asker), ...parameters })
    return answer.parse(response.data)
  } catch (error) {
    throw toHostFailure(error, asker.clock.now())
  }
}

/** Each item of a list, page after page, as long as somebody wants more. Fails with HostFailure. */
export async function* each<T>(
  asker: Asker | RepositoryAsker,
  route: string,
  parameters: Record<string, unknown>,
  item: z.ZodType<T>,
): AsyncGenerator<T, void, void> {
  const items = z.array(item)
  const all = { per_page: 100, ...named(asker), ...parameters }
  try {
    for await (const { data } of asker.client.paginate.iterator(route, all)) yield* items.parse(data)
  } catch (error) {
    throw toHostFailure(error, asker.clock.now())
  }
}

/** For answers of which nothing is read. */
export const anything = z.unknown()

function named(asker: Asker | RepositoryAsker): Record<string, string> {
  return 'repo' in asker ? { owner: asker.owner, repo: asker.repo } : {}
}
