import type { Ref, RefType, RepositorySettings } from '../repositories/repository.ts'
import { listed } from './listed.ts'
import { matchesWildcard } from './wildcard.ts'

type Webhook = RepositorySettings['webhook']

/** Why what is new of a branch or tag is not for us, as a sentence; undefined if it is. Where both lists match, include wins. */
export function filteredOut(webhook: Webhook, ref: Pick<Ref, 'type' | 'name'>): string | undefined {
  return switchedOff(webhook, ref.type) ?? (ref.type === 'branch' ? branchOut(webhook, ref.name) : undefined)
}

/** The same for a change, where the lists look at the branch that it comes from. */
export function changeFilteredOut(webhook: Webhook, source: string): string | undefined {
  return switchedOff(webhook, 'change') ?? branchOut(webhook, source)
}

function switchedOff(webhook: Webhook, type: RefType): string | undefined {
  const [name, wanted] = {
    branch: ['branches', webhook.branches] as const,
    tag: ['tags', webhook.tags] as const,
    change: ['changes', webhook.changes] as const,
  }[type]
  return wanted
    ? undefined
    : `builds of ${name} are switched off for this repository (setting webhook.${name})`
}

function branchOut(webhook: Webhook, branch: string): string | undefined {
  const matches = (pattern: string) => matchesWildcard(pattern, branch)
  if (webhook.include.some(matches)) return undefined
  const excluded = webhook.exclude.find(matches)
  if (excluded !== undefined) return `branch filter: ${branch} matches exclude "${excluded}"`
  if (webhook.include.length > 0)
    return `branch filter: ${branch} matches none of include: ${listed(webhook.include)}`
  return undefined
}
