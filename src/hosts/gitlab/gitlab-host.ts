import type { Logger } from '../../logger.ts'
import type { RepositoryRecord } from '../../repositories/repository.ts'
import { HostFailure } from '../failure.ts'
import type { GitHost, HostHooks } from '../host.ts'
import { short } from '../refusal.ts'
import { createAccess, type Access, type AccessParts } from './access.ts'
import { answer, isAnswered } from './answer.ts'
import { ask, type ProjectAsker } from './ask.ts'
import { check } from './check.ts'
import { describe } from './describe.ts'
import { createDoor } from './door.ts'
import { keepHook, removeHook } from './hooks.ts'
import { gitlabCom, hostKeyOf, instanceOfPage, normalInstance } from './instance.ts'
import { listChanges } from './list.ts'
import { project } from './payloads.ts'
import { mayWrite } from './permission.ts'
import { publish } from './publish.ts'
import { receive } from './receive.ts'
import { remote } from './remote.ts'
import { listRepositories } from './repositories.ts'
import { hookToken, type Subject } from './secrets.ts'

export interface GitlabParts extends AccessParts {
  /** Of the server, for the secrets of its webhooks. */
  secretKey: string
  logger: Logger
}

/**
 * Projects at gitlab.com and at any other GitLab: type `gitlab`. With the token of each repository; at the instance of the
 * settings also with theirs, which makes the projects known that it was given; else as anybody.
 */
export function createGitlabHost(given: GitlabParts): GitHost {
  const config = given.config && {
    ...given.config,
    url: normalInstance(given.config.url) ?? given.config.url,
  }
  const parts = { ...given, config }
  const access = createAccess(parts)
  return {
    check: (params) => check(params, config?.url ?? gitlabCom),
    remote: (repository) => remote(repository, access.token(repository)),
    describe,
    receive: (delivery) => receive(delivery, access.isOurs),
    async repositories() {
      const asker = await access.asConfigured()
      return asker && config ? listRepositories(asker, config) : null
    },
    // GitLab can send again what it sent by one webhook, but not tell what it did not send: comparing shows what was missed
    recover: () => Promise.resolve(0),
    door: createDoor(parts),
    hooks: createHooks(access, given.secretKey),
    changes: {
      shows: ['comment', 'status', 'deployment'],
      list: async (repository, name) => listChanges(await access.toRead(repository), name),
      ref: (name) => `refs/merge-requests/${name}/head`,
      mayWrite: async (repository, person) => mayWrite(await access.toWrite(repository), person),
      publish: async (repository, item, handle) => publish(await access.toWrite(repository), item, handle),
      isAnswered: async (repository, change, commentId) =>
        isAnswered(await access.toWrite(repository), change, commentId),
      answer: async (repository, said) => answer(await access.toWrite(repository), said),
    },
  }
}

function createHooks(access: Access, secretKey: string): HostHooks {
  return {
    async keep(repository, url) {
      if (access.token(repository) === undefined) return null
      const at = await access.toWrite(repository)
      const subject = await subjectFor(at, repository)
      // The same project may also be known by its key: its webhook, which both share, then has the secret that outlasts a rename.
      return keepHook(
        at,
        url,
        hookToken(secretKey, subject),
        hookToken(secretKey, { ...subject, path: null }),
      )
    },
    async remove(repository, url) {
      if (access.token(repository) === undefined) return
      await removeHook(await access.toWrite(repository), url)
    },
  }
}

/**
 * The project as the calls of its webhook will name it. One that was added by hand is found by its address: a GitLab that
 * gives it another one would call in vain, and could ask for the secret of any project anywhere.
 */
async function subjectFor(at: ProjectAsker, repository: RepositoryRecord): Promise<Subject> {
  const { hostKey, origin } = repository.params
  if (hostKey !== undefined) return { hostKey, path: null }
  const {
    id,
    path_with_namespace: path,
    web_url: page,
  } = await ask(at, 'GET', `projects/${at.project}`, {}, project)
  const instance = instanceOfPage(page, path)
  if (instance === null || `${instance}/${path}.git`.toLowerCase() !== origin.toLowerCase()) {
    const message = `GitLab says that the project is at ${short(page)}; add the repository anew as it is there`
    throw new HostFailure('refused', message)
  }
  return { hostKey: hostKeyOf(instance, id), path }
}
