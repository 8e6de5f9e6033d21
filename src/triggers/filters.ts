import type { Ref, RepositorySettings } from '../repositories/repository.ts'
import { matchesWildcard } from './wildcard.ts'

/** Why a change of this ref is not for us, as a sentence; undefined if it is. Where both lists match, include wins. */
export function filteredOut(webhook: RepositorySettings['webhook'], ref: Ref): string | undefined {
  const wanted = { branch: webhook.branches, tag: webhook.tags, change: webhook.changes }[ref.type]
  if (!wanted) return `builds of ${plural[ref.type]} are switched off for this repository`
  if (ref.type !== 'branch') return undefined
  const matches = (pattern: string) => matchesWildcard(pattern, ref.name)
  if (webhook.include.some(matches)) return undefined
  const excluded = webhook.exclude.find(matches)
  if (excluded !== undefined) return `branch filter: ${ref.name} matches exclude "${excluded}"`
  if (webhook.include.length > 0) return `branch filter: ${ref.name} matches none of include`
  return undefined
}

const plural = { branch: 'branches', tag: 'tags', change: 'changes' }
