import { z } from 'zod'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { addGroup } from '../repositories/manage.ts'
import { begun, conflict, json, missing, refusals, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { idParams, name, noQuery } from './fields.ts'
import { variableView, viewVariables } from './variables-view.ts'

const named = z.object({ id: z.string(), name: z.string() })

export function groupRoutes(app: App, parts: Parts): void {
  const { store } = parts

  app.route({
    method: 'GET',
    url: '/api/groups',
    schema: {
      tags: ['groups'],
      summary: 'All groups',
      operationId: 'listGroups',
      querystring: noQuery,
      response: { 200: json('The groups, oldest first.', z.array(named)), ...refusals },
    },
    handler: () => store.list('group'),
  })

  app.route({
    method: 'POST',
    url: '/api/groups',
    schema: {
      tags: ['groups'],
      summary: 'Add a group',
      operationId: 'addGroup',
      body: z.strictObject({ name }),
      response: { 201: json('The new group.', begun), ...writeRefusals, ...conflict },
    },
    handler: async (request, reply) => {
      const { id } = await addGroup(parts, request.body.name)
      return reply.code(201).send({ id })
    },
  })

  app.route({
    method: 'GET',
    url: '/api/group/:id',
    schema: {
      tags: ['groups'],
      summary: 'A group with its repositories',
      operationId: 'getGroup',
      params: idParams,
      querystring: noQuery,
      response: {
        200: json('The group.', named.extend({ repositories: z.array(named) })),
        ...refusals,
        ...missing,
      },
    },
    handler: async (request) => {
      const group = await groupOf(parts, request.params.id)
      const repositories = await store.list('repository', { groupId: group.id })
      return { id: group.id, name: group.name, repositories }
    },
  })

  app.route({
    method: 'GET',
    url: '/api/group/:id/settings',
    schema: {
      tags: ['groups'],
      summary: 'Settings of a group',
      description: 'No member is ever listed: whoever has a token is one.',
      operationId: 'getGroupSettings',
      params: idParams,
      querystring: noQuery,
      response: {
        200: json(
          'The settings.',
          z.object({ variables: z.array(variableView), members: z.array(z.unknown()) }),
        ),
        ...refusals,
        ...missing,
      },
    },
    handler: async (request) => {
      const { id } = await groupOf(parts, request.params.id)
      return { variables: await viewVariables(parts, id), members: [] }
    },
  })
}

async function groupOf(parts: Parts, id: string) {
  const group = await parts.store.get('group', id)
  if (!group) throw new QaackError('not_found', `there is no group ${id}`)
  return group
}
