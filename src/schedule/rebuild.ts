import { decideRebuild } from '../environments/decide-commit.ts'
import { ttlFor } from '../environments/expiry.ts'
import { change } from '../environments/lifecycle.ts'
import { messageOf, QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { RepositoryRecord, WaitingRebuild } from '../repositories/repository.ts'
import { whyNotIn } from './decide.ts'

/** What became of the wish to rebuild an environment: the id of its build, or why there is none. */
export type Asked = { build: string } | { why: string }

/**
 * Asks for a rebuild that was decided on. Safe twice, and by two servers at once: what was built since the decision, as its
 * builds are counted, is not built again. The state is looked at once more, since it may have waited for long.
 */
export async function askForRebuild(
  parts: Parts,
  repository: RepositoryRecord,
  wish: WaitingRebuild,
  why: string,
): Promise<Asked> {
  const ttl = ttlFor(undefined, repository.settings.environmentTTL, parts.config.environment.ttl)
  for (;;) {
    const environment = await parts.store.get('environment', wish.id)
    if (!environment) return { why: 'it was deleted' }
    const known = await builtSince(parts, wish)
    if (known !== undefined) return { build: known }
    const obstacle = whyNotIn(environment.state)
    if (obstacle !== undefined) return { why: obstacle }
    let build: string | undefined
    try {
      await change(parts, wish.id, (s) => {
        const same =
          s.environment.builds === environment.builds && whyNotIn(s.environment.state) === undefined
        const decision = same ? decideRebuild(s, { why, ttl, clean: wish.clean }) : undefined
        build = decision?.insert?.id
        return decision
      })
    } catch (error) {
      if (!(error instanceof QaackError) || !['conflict', 'not_found'].includes(error.code)) throw error
      return { why: messageOf(error) }
    }
    if (build !== undefined) return { build }
  }
}

/** One that is to be clean is not done by what a push asked for meanwhile. */
async function builtSince(parts: Parts, wish: WaitingRebuild): Promise<string | undefined> {
  const builds = await parts.store.list('build', { environmentId: wish.id })
  return builds.find(({ number, start }) => number > wish.builds && (start === 'clean' || !wish.clean))?.id
}
