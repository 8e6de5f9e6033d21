import type { Received } from '../host.ts'
import { installationEvent, installationRepositoriesEvent, repositoryEvent } from './payloads.ts'
import { hostRepository, namedRepository } from './translate.ts'

/** Of the app, with all repositories that it was given. */
export function receiveInstallation(payload: unknown): Received {
  const { action, installation, repositories } = installationEvent.parse(payload)
  const appears = ['created', 'unsuspend', 'new_permissions_accepted'].includes(action)
  if (!appears && action !== 'deleted' && action !== 'suspend')
    return { ignored: `nothing depends on an installation being ${action}` }
  // GitHub does not always say which those are; without any, they are to be compared with ours.
  const all = (repositories ?? []).map((one) => namedRepository(one, installation.id))
  return {
    events: [{ kind: 'repositories', appeared: appears ? all : [], gone: appears ? [] : all }],
  }
}

export function receiveInstallationRepositories(payload: unknown): Received {
  const read = installationRepositoriesEvent.parse(payload)
  const mine = (one: { id: string; full_name: string }) => namedRepository(one, read.installation.id)
  return {
    events: [
      {
        kind: 'repositories',
        appeared: read.repositories_added.map(mine),
        gone: read.repositories_removed.map(mine),
      },
    ],
  }
}

export function receiveRepository(payload: unknown): Received {
  const { action, repository: given, installation } = repositoryEvent.parse(payload)
  const repository = hostRepository(given, installation?.id)
  if (action === 'renamed' || action === 'transferred')
    return { events: [{ kind: 'repository-moved', repository }] }
  if (action === 'deleted') return { events: [{ kind: 'repositories', appeared: [], gone: [repository] }] }
  return { ignored: `nothing depends on a repository being ${action}` }
}
