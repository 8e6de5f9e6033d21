import { QaackError } from '../errors.ts'
import { dropEnvironment } from '../environments/lifecycle.ts'
import { lockedNames } from '../environments/answering.ts'
import { hasLockedService } from '../environments/expiry.ts'
import { inRepository } from '../environments/turns.ts'
import { note } from '../events/note.ts'
import { newId } from '../ids.ts'
import type { Parts } from '../parts.ts'
import { rebuiltAtUnder } from '../schedule/decide.ts'
import { lastWordsOf, sayLastWordsBeside } from '../reports/publish-last.ts'
import { removeWhenFree } from '../reusables/forget.ts'
import { Conflict, type Change } from '../stores/store.ts'
import { keepHookBeside, removeHookBeside } from './hooks.ts'
import { mirrorOf } from './mirrors.ts'
import { sealParams } from './params-secrets.ts'
import {
  defaultSettings,
  type GroupRecord,
  type RepositoryParams,
  type RepositoryRecord,
  type RepositorySettings,
  type RepositoryType,
} from './repository.ts'
import { existing, saveRepository } from './save.ts'
import { makeSshKeyBeside } from './ssh-key.ts'

/** What a caller may change of the settings: any part of any of them. */
export type PartialSettings = {
  [K in keyof RepositorySettings]?: RepositorySettings[K] extends object
    ? Partial<RepositorySettings[K]>
    : RepositorySettings[K]
}

export interface NewRepository {
  name: string
  type: RepositoryType
  params: Record<string, unknown>
  settings?: PartialSettings
}

/** `ownedBy` as of GroupRecord. */
export async function addGroup(parts: Parts, name: string, ownedBy?: string): Promise<GroupRecord> {
  const record: GroupRecord = {
    id: newId(),
    version: 1,
    name,
    createdAt: parts.clock.now(),
    ...(ownedBy === undefined ? {} : { ownedBy }),
  }
  await commitNamed(
    parts,
    { insert: 'group', record },
    `there is a group ${name} already; choose another name`,
  )
  return record
}

/** Adds a repository and keeps its secrets sealed. Its refs are not read yet: sync it. `checked`: what checkParams gave, if it was asked. */
export async function addRepository(
  parts: Parts,
  groupId: string,
  wish: NewRepository,
  checked?: RepositoryParams,
): Promise<RepositoryRecord> {
  if (!(await parts.store.get('group', groupId)))
    throw new QaackError('not_found', `there is no group ${groupId}`)
  const params = sealParams(parts.secretKey, checked ?? checkParams(parts, wish.type, wish.params))
  const record: RepositoryRecord = {
    id: newId(),
    version: 1,
    groupId,
    name: wish.name,
    type: wish.type,
    params,
    settings: mergeSettings(defaultSettings, wish.settings ?? {}),
    createdAt: parts.clock.now(),
    syncedAt: null,
    syncError: null,
    sshKey: null,
    rebuiltAt: null,
  }
  await commitNamed(
    parts,
    { insert: 'repository', record },
    `the group has a repository ${wish.name} already; choose another name`,
  )
  await note(parts, 'repository', `repository ${wish.name} added: ${record.params.origin}`, {
    repositoryId: record.id,
  })
  keepHookBeside(parts, record)
  makeSshKeyBeside(parts, record)
  return record
}

/** Params of a repository as its host completes them, in clear. QaackError `invalid` names what is wrong. */
export function checkParams(
  { hosts }: Pick<Parts, 'hosts'>,
  type: RepositoryType,
  params: Record<string, unknown>,
): RepositoryParams {
  const host = hosts[type]
  if (host) return host.check(params)
  const known = Object.keys(hosts).join(', ')
  throw new QaackError(
    'invalid',
    `repositories of type ${type} are not supported by this server; supported: ${known}`,
    { path: 'type' },
  )
}

/** Changes the name. Environments keep their readable names: addresses that people have do not break. */
export function renameRepository(parts: Parts, id: string, name: string): Promise<RepositoryRecord> {
  return saveRepository(parts, id, (record) => ({ ...record, name }))
}

/** Changes only what is named; the new settings count from the next creation on. */
export function updateSettings(
  parts: Parts,
  id: string,
  partial: PartialSettings,
): Promise<RepositoryRecord> {
  return saveRepository(parts, id, (record) => {
    const settings = mergeSettings(record.settings, partial)
    const rebuiltAt = rebuiltAtUnder(record, settings.scheduledRebuild, parts.clock.now())
    return { ...record, settings, rebuiltAt }
  })
}

/** Removes a repository with all its environments and its mirror, and says on its changes that these are gone. A locked service keeps all of it. */
export function deleteRepository(parts: Parts, id: string): Promise<void> {
  return inRepository(parts, id, async () => {
    const record = await existing(parts, id)
    const environments = await parts.store.list('environment', { repositoryId: id })
    const locked = environments.find(hasLockedService)
    if (locked) {
      throw new QaackError(
        'conflict',
        `environment ${locked.id} has locked services (${lockedNames(locked)}); unlock them before you delete the repository`,
      )
    }
    for (const environment of environments)
      await dropEnvironment(parts, environment.id, `repository ${record.name} was deleted`)
    const lastWords = await lastWordsOf(parts, record)
    await removeRecord(parts, id)
    await note(
      parts,
      'repository',
      `repository ${record.name} deleted with ${environments.length} environments`,
      {
        repositoryId: id,
      },
    )
    // A fetch that still runs is waited for there, but not by whoever deletes.
    parts.background.run('removal of a mirror', () => mirrorOf(parts, record).remove())
    parts.background.run('removal of saved images', () => removeWhenFree(parts))
    sayLastWordsBeside(parts, record, lastWords)
    removeHookBeside(parts, record)
  })
}

/** With its variables, with what was saved of its environments, and with what is kept of its changes and of what was said on them. */
async function removeRecord(parts: Parts, id: string): Promise<void> {
  for (;;) {
    const { version } = await existing(parts, id)
    const changes = await parts.store.list('change', { repositoryId: id })
    const variables = await parts.store.list('variable', { ownerId: id })
    const reusables = await parts.store.list('reusable', { repositoryId: id })
    const reports = await Promise.all(changes.map((change) => parts.store.get('report', change.id)))
    try {
      return await parts.store.commit([
        ...reports.flatMap((one) => (one ? [{ remove: 'report', ...identityOf(one) } as const] : [])),
        ...changes.map((one) => ({ remove: 'change', ...identityOf(one) }) as const),
        ...variables.map((one) => ({ remove: 'variable', ...identityOf(one) }) as const),
        ...reusables.map((one) => ({ remove: 'reusable', ...identityOf(one) }) as const),
        { remove: 'repository', id, version },
      ])
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
    }
  }
}

function identityOf({ id, version }: { id: string; version: number }) {
  return { id, version }
}

export function mergeSettings(settings: RepositorySettings, partial: PartialSettings): RepositorySettings {
  return {
    ...settings,
    ...partial,
    qaackFile: { ...settings.qaackFile, ...partial.qaackFile },
    webhook: { ...settings.webhook, ...partial.webhook },
    change: { ...settings.change, ...partial.change },
    report: { ...settings.report, ...partial.report },
    scheduledRebuild: { ...settings.scheduledRebuild, ...partial.scheduledRebuild },
    limits: { ...settings.limits, ...partial.limits },
  }
}

async function commitNamed(parts: Parts, change: Change, taken: string): Promise<void> {
  try {
    await parts.store.commit([change])
  } catch (error) {
    if (error instanceof Conflict) throw new QaackError('conflict', taken, { path: 'name', cause: error })
    throw error
  }
}
