import { isApproved, type ChangeRecord, type Verdict } from '../changes/change.ts'
import type { RepositorySettings } from '../repositories/repository.ts'
import { changeFilteredOut } from './filters.ts'
import { labelsOut } from './labels.ts'
import { pathsOut } from './path-filter.ts'

export interface ChangeFacts {
  change: ChangeRecord
  settings: RepositorySettings
  /** Of all files that the whole change touches; only looked at where the settings have a path filter. */
  paths: string[]
  /** Of the commit that is offered. */
  message: string
  /** Whether the code has a Qaackfile where it is read for this change; one kept in the settings does not count. */
  hasQaackfile: boolean
}

/** What becomes of a change at the commit that it offers now. The first rule that speaks against a build decides. */
export function decideChange(facts: ChangeFacts): Verdict {
  const { change } = facts
  for (const { kind, why } of rules) {
    const reason = why(facts)
    if (reason !== undefined) return { kind, hash: change.hash, why: reason }
  }
  return { kind: 'build', hash: change.hash, why: '' }
}

interface Rule {
  kind: Exclude<Verdict['kind'], 'build'>
  /** A sentence that names the rule and the value; undefined where it has nothing against a build. */
  why: (facts: ChangeFacts) => string | undefined
}

const rules: Rule[] = [
  { kind: 'closed', why: ended },
  { kind: 'silent', why: withoutQaackfile },
  { kind: 'ignored', why: ({ settings, change }) => changeFilteredOut(settings.webhook, change.source) },
  { kind: 'remove', why: ({ settings, change }) => labelsOut(settings.webhook, change.labels) },
  { kind: 'ignored', why: draftOut },
  { kind: 'ignored', why: skipped },
  { kind: 'ignored', why: ({ settings, paths }) => pathsOut(settings.webhook, paths) },
  { kind: 'approval', why: unapproved },
]

function ended({ change }: ChangeFacts): string | undefined {
  return change.state === 'open' ? undefined : `the change was ${change.state}`
}

function withoutQaackfile({ settings, hasQaackfile }: ChangeFacts): string | undefined {
  const { mode, qaackFile } = settings.qaackFile
  const kept = mode !== 'repo' && qaackFile.trim() !== ''
  const own = mode !== 'panel' && hasQaackfile
  if (kept || own) return undefined
  return mode === 'panel'
    ? 'there is no Qaackfile in the settings of the repository, where it is to be read'
    : `there is no Qaackfile at this commit${mode === 'both' ? ', nor in the settings of the repository' : ''}`
}

function draftOut({ settings, change }: ChangeFacts): string | undefined {
  if (!change.draft || settings.webhook.drafts) return undefined
  return 'the change is a draft, and drafts are switched off for this repository (setting webhook.drafts)'
}

function skipped({ change, message }: ChangeFacts): string | undefined {
  const inTitle = skipMarker.exec(change.title)
  if (inTitle) return `${inTitle[0]} in the title`
  const inMessage = skipMarker.exec(message)
  return inMessage ? `${inMessage[0]} in the message of commit ${short(change.hash)}` : undefined
}

const skipMarker = /\[(?:skip qaack|qaack skip)\]/i

/** The whole commit is named: an author can make any number of commits with the same first digits. */
function unapproved({ change }: ChangeFacts): string | undefined {
  if (isApproved(change)) return undefined
  const ask =
    `its code comes from a fork: somebody who may write to this repository must look at commit ${short(change.hash)} ` +
    `and then comment /qaack approve ${change.hash}`
  if (!change.approved) return ask
  const { by, hash, target } = change.approved
  const instead = hash === change.hash ? `it for ${target}` : `commit ${short(hash)}`
  return `${ask}; what ${by} approved was ${instead}`
}

function short(hash: string): string {
  return hash.slice(0, 7)
}
