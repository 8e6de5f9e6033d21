import type { ReportItem } from '../../reports/report.ts'
import type { RepositoryRecord } from '../../repositories/repository.ts'
import type { GitHost } from '../host.ts'
import { createAccess, unusedToken, whoIs, type AccessParts } from './access.ts'
import { answer } from './answer.ts'
import { check } from './check.ts'
import { describe } from './describe.ts'
import { listChanges } from './list.ts'
import { mayWrite } from './permission.ts'
import { publish } from './publish.ts'
import { receive } from './receive.ts'
import { recover } from './recover.ts'
import { remote } from './remote.ts'
import { listRepositories } from './repositories.ts'

/**
 * Repositories at GitHub: type `github`. With a connection, as the app that it is; without one, or where the app is not
 * installed, with the token of each repository, or as anybody.
 */
export function createGithubHost(parts: AccessParts): GitHost {
  const { connection, opened, clock } = parts
  const access = createAccess(parts)
  const me = () => {
    const app = connection()
    return app ? whoIs(app) : null
  }
  return {
    check: (params) => check(params, connection()?.server ?? parts.server),
    remote: (repository) => remote(repository, parts),
    describe,
    receive: (delivery) => receive(delivery, me()),
    async repositories() {
      await opened?.()
      const app = connection()
      return app ? listRepositories(app, clock) : null
    },
    async recover(since, known) {
      await opened?.()
      const app = connection()
      return app ? recover(app, since, known, clock) : 0
    },
    // Probot is the door, and an app is called for all its repositories
    door: null,
    hooks: null,
    changes: {
      shows: ['comment', 'status', 'check', 'deployment'],
      list: async (repository, name) => listChanges(await access.toRead(repository), name),
      ref: (name) => `refs/pull/${name}/head`,
      mayWrite: async (repository, person) => mayWrite(await access.toWrite(repository), person),
      publish: async (repository: RepositoryRecord, item: ReportItem, handle) =>
        publish(await access.toWrite(repository), item, handle),
      unusedToken: (repository) => unusedToken(repository, parts),
      answer: async (repository, said) => answer(await access.toWrite(repository), said),
    },
  }
}
