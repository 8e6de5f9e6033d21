import { inside } from './events.ts'
import { numberAt, objectOf, textAt, type Json } from './json.ts'
import { commitPayload } from './payloads.ts'
import type { Repository } from './repositories.ts'
import type { World } from './world.ts'

/** A check suite as webhooks have it: emulate leaves out its commit and how many runs it has. */
export async function suitePayload(world: World, repository: Repository, id: number): Promise<Json> {
  const suite = objectOf(await inside(world, repository, `/check-suites/${id}`))
  const runs = await inside(world, repository, `/check-suites/${id}/check-runs`)
  return {
    ...suite,
    latest_check_runs_count: numberAt(runs, 'total_count'),
    head_commit: await commitPayload(world, repository, textAt(suite, 'head_sha')),
  }
}
