import type { Logger } from '../../logger.ts'
import type { RepositoryRecord } from '../../repositories/repository.ts'
import type { GitHost, HostHooks } from '../host.ts'
import { createAccess, type Access, type AccessParts } from './access.ts'
import { answer, isAnswered } from './answer.ts'
import { ask } from './ask.ts'
import { check } from './check.ts'
import { describe } from './describe.ts'
import { createDoor } from './door.ts'
import { keepHook, removeHook } from './hooks.ts'
import { gitlabCom, hostKeyOf, instanceOf, instanceOfPage, normalInstance } from './instance.ts'
import { listChanges } from './list.ts'
import { project } from './payloads.ts'
import { mayWrite } from './permission.ts'
import { publish } from './publish.ts'
import { receive } from './receive.ts'
import { remote } from './remote.ts'
import { listRepositories } from './repositories.ts'
import { hookToken } from './secrets.ts'

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
      return asker && config ? listRepositories(asker, config.url) : null
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
      return keepHook(at, url, hookToken(secretKey, await keyOf(access, repository)))
    },
    async remove(repository, url) {
      if (access.token(repository) === undefined) return
      await removeHook(await access.toWrite(repository), url)
    },
  }
}

/** As the calls of the webhook will name the project. */
async function keyOf(access: Access, repository: RepositoryRecord): Promise<string> {
  const { hostKey } = repository.params
  if (hostKey !== undefined) return hostKey
  const at = await access.toRead(repository)
  const found = await ask(at, 'GET', `projects/${at.project}`, {}, project)
  const own = instanceOfPage(found.web_url, found.path_with_namespace)
  return hostKeyOf(own ?? instanceOf(repository), found.id)
}
