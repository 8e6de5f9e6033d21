import { z } from 'zod'
import { lookFirst } from '../changes/first-look.ts'
import { addEnvironment } from '../environments/clone.ts'
import { sizeOfAll } from '../environments/size.ts'
import { readRefsFirst } from '../environments/newest.ts'
import { syncRepository } from '../environments/sync.ts'
import { isQaackError, QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { leaveRepository } from '../repositories/left.ts'
import { addByHand } from '../repositories/by-hand.ts'
import { renameRepository } from '../repositories/manage.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import { begun, conflict, json, missing, refusals, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { emptyBody, flag, idParams, minutes, name, noQuery, refType } from './fields.ts'
import { repositoryView, repositoryViewSchema } from './repository-view.ts'
import { readSettings, settingsBody } from './settings-body.ts'

/** Milliseconds that an answer waits for the engine to measure: whoever looks for an environment by its name asks for all. */
const sizePatience = 250

const types = z.enum(['generic', 'azure', 'bitbucket', 'gitlab', 'github'])

export function repositoryRoutes(app: App, parts: Parts): void {
  app.route({
    method: 'POST',
    url: '/api/group/:id',
    schema: {
      tags: ['repositories'],
      summary: 'Add a repository to a group',
      description:
        'Its refs are read at once, beside the answer: see syncedAt and syncError of the repository. So are its open changes. 409 where a host has connected the repository already.',
      operationId: 'addRepository',
      params: idParams,
      body: z.strictObject({
        name,
        type: types,
        params: z
          .record(z.string(), z.unknown())
          .describe(
            'Of type generic: origin (http(s), ssh, user@host:path or an absolute local path), username, password. Of type github: owner, repo, token. Of type gitlab: instanceUrl (the one of the settings, else https://gitlab.com), group (with its subgroups), project, token.',
          ),
        settings: settingsBody.optional(),
      }),
      response: { 201: json('The new repository.', begun), ...writeRefusals, ...missing, ...conflict },
    },
    handler: async (request, reply) => {
      const { settings, ...wish } = request.body
      refuseHostParams(wish.params)
      const repository = await addByHand(parts, request.params.id, {
        ...wish,
        ...(settings ? { settings: readSettings(settings, 'settings.') } : {}),
      })
      lookFirst(parts, repository, 'repository added')
      return reply.code(201).send({ id: repository.id })
    },
  })

  app.route({
    method: 'GET',
    url: '/api/repository/:id',
    schema: {
      tags: ['repositories'],
      summary: 'A repository with its environments',
      operationId: 'getRepository',
      params: idParams,
      querystring: noQuery,
      response: { 200: json('The repository.', repositoryViewSchema), ...refusals, ...missing },
    },
    handler: async (request) => {
      const repository = await repositoryOf(parts, request.params.id)
      const environments = await parts.store.list('environment', { repositoryId: repository.id })
      const reusables = await parts.store.list('reusable', { repositoryId: repository.id })
      const described = parts.hosts[repository.type]?.describe(repository)
      const size = await sizeOfAll(parts, environments, sizePatience)
      const there = { environments, reusables, size }
      return repositoryView(repository, there, parts.config.baseUrl, described?.webUrl)
    },
  })

  app.route({
    method: 'POST',
    url: '/api/repository/:id',
    schema: {
      tags: ['repositories'],
      summary: 'Rename a repository',
      description: 'Environments keep their readable addresses.',
      operationId: 'renameRepository',
      params: idParams,
      body: z.strictObject({ name }),
      response: {
        200: json('The repository.', z.object({ id: z.string(), name: z.string() })),
        ...writeRefusals,
        ...missing,
        ...conflict,
      },
    },
    handler: (request) => renameRepository(parts, request.params.id, request.body.name),
  })

  app.route({
    method: 'POST',
    url: '/api/repository/:id/sync',
    schema: {
      tags: ['repositories'],
      summary: 'Look at the git refs now',
      description: 'What follows is told by syncedAt and syncError of the repository, and by its events.',
      operationId: 'syncRepository',
      params: idParams,
      body: emptyBody,
      response: { 202: json('It looks.', begun), ...writeRefusals, ...missing },
    },
    handler: async (request, reply) => {
      const { id } = await repositoryOf(parts, request.params.id)
      syncBeside(parts, id, 'requested')
      return reply.code(202).send({ id })
    },
  })

  app.route({
    method: 'DELETE',
    url: '/api/repository/:id',
    schema: {
      tags: ['repositories'],
      summary: 'Delete a repository with all its environments',
      description:
        'One that its git host gives to this server stays deleted until the host gives it anew, or somebody adds it by hand.',
      operationId: 'deleteRepository',
      params: idParams,
      body: emptyBody,
      response: {
        202: json('Deleted; what runs is being taken away.', begun),
        ...writeRefusals,
        ...missing,
        ...conflict,
      },
    },
    handler: async (request, reply) => {
      await leaveRepository(parts, request.params.id)
      return reply.code(202).send({ id: request.params.id })
    },
  })

  app.route({
    method: 'POST',
    url: '/api/repository/:id/environments',
    schema: {
      tags: ['repositories', 'environments'],
      summary: 'One more environment of a ref',
      description: 'The refs of the repository are read before, for at most 5 s.',
      operationId: 'addEnvironment',
      params: idParams,
      body: z.strictObject({
        ref: z.strictObject({ type: refType, name: z.string().min(1).max(1000) }),
        ttl: minutes.optional().describe('Minutes; 0 = until it is deleted.'),
        build: flag.optional().describe('Whether it is built, not only created. Default: true.'),
      }),
      response: { 201: json('The new environment.', begun), ...writeRefusals, ...missing, ...conflict },
    },
    handler: async (request, reply) => {
      const { id: repositoryId } = await repositoryOf(parts, request.params.id)
      const { ref, ...wish } = request.body
      const unread = ref.type === 'change' ? undefined : await readRefsFirst(parts, repositoryId)
      const { id } = await addEnvironment(parts, repositoryId, ref, { ...wish, unread })
      return reply.code(201).send({ id })
    },
  })
}

export async function repositoryOf(parts: Parts, id: string): Promise<RepositoryRecord> {
  const repository = await parts.store.get('repository', id)
  if (!repository) throw new QaackError('not_found', `there is no repository ${id}`)
  return repository
}

/** The caller does not wait for the git host; a remote that does not answer is written down with the repository. */
export function syncBeside(parts: Parts, id: string, why: string): void {
  parts.background.run(`sync of repository ${id}`, () =>
    syncRepository(parts, id, why).catch((error: unknown) => {
      if (!isQaackError(error)) throw error
    }),
  )
}

/** What only a git host may say: with the installation of somebody else's app one would read what is theirs. */
function refuseHostParams(params: Record<string, unknown>): void {
  const key = ['hostKey', 'installation', 'byHand'].find((name) => name in params)
  if (key === undefined) return
  throw new QaackError('invalid', `${key} comes from the git host itself and cannot be given; leave it out`, {
    path: `params.${key}`,
  })
}
