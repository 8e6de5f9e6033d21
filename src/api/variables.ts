import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { removeVariable, setVariable, type Owner } from '../variables/keep.ts'
import { json, missing, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { idParams } from './fields.ts'
import { variableView, viewVariable } from './variables-view.ts'

const body = z.strictObject({
  name: z.string().describe('Letters, digits and _; QCK_ and IS_QCK are reserved.'),
  value: z.string().describe('At most 64 KiB; of a file, what is in it.'),
  visibility: z
    .enum(['always', 'buildtime'])
    .describe('Whether the service sees it as well as its build steps. Default: always.')
    .optional(),
  type: z
    .enum(['text', 'file', 'secret'])
    .describe(
      'Files and secrets are never answered, and masked in all output. A file is put into every service. Default: text.',
    )
    .optional(),
  path: z
    .string()
    .describe('Only of a file: where it is; the variable then holds this path. Default: /run/qaack/<name>.')
    .optional(),
})

/** Variables of groups and repositories. */
export function variableRoutes(app: App, parts: Parts): void {
  for (const kind of ['group', 'repository'] as const) {
    setRoute(app, parts, kind)
    removeRoute(app, parts, kind)
  }
}

function setRoute(app: App, parts: Parts, kind: Owner['kind']): void {
  app.route({
    method: 'POST',
    url: `/api/${kind}/:id/variables`,
    schema: {
      tags: [kind === 'group' ? 'groups' : 'repositories'],
      summary: `Set a variable of a ${kind}`,
      description:
        'One that has the name already is replaced as a whole: what is not said is as in a new one. It counts from the next creation of an environment on.',
      operationId: `setVariableOf${title(kind)}`,
      params: idParams,
      body,
      response: {
        200: json('It replaced another one.', variableView),
        201: json('It is new.', variableView),
        ...writeRefusals,
        ...missing,
      },
    },
    handler: async (request, reply) => {
      const owner = await ownerOf(parts, kind, request.params.id)
      const by = await callerName(parts, request)
      const { record, isNew } = await setVariable(parts, owner, request.body, by)
      return reply.code(isNew ? 201 : 200).send(viewVariable(record, request.body.value))
    },
  })
}

function removeRoute(app: App, parts: Parts, kind: Owner['kind']): void {
  app.route({
    method: 'DELETE',
    url: `/api/${kind}/:id/variables`,
    schema: {
      tags: [kind === 'group' ? 'groups' : 'repositories'],
      summary: `Delete a variable of a ${kind}`,
      description: 'What runs keeps it until it is created anew.',
      operationId: `deleteVariableOf${title(kind)}`,
      params: idParams,
      body: z.strictObject({ name: z.string() }),
      response: {
        200: json('It is gone.', z.object({ name: z.string() })),
        ...writeRefusals,
        ...missing,
      },
    },
    handler: async (request) => {
      const { name } = request.body
      const owner = await ownerOf(parts, kind, request.params.id)
      await removeVariable(parts, owner, name, await callerName(parts, request))
      return { name }
    },
  })
}

async function ownerOf(parts: Parts, kind: Owner['kind'], id: string): Promise<Owner> {
  const record = await parts.store.get(kind, id)
  if (!record) throw new QaackError('not_found', `there is no ${kind} ${id}`)
  return { kind, id, name: record.name }
}

/** Who asks, for people who read the events. */
async function callerName(parts: Parts, { caller }: FastifyRequest): Promise<string> {
  const token = caller?.tokenId ? await parts.store.get('token', caller.tokenId) : undefined
  return token ? `token ${token.name}` : 'the admin token'
}

function title(kind: Owner['kind']): string {
  return kind === 'group' ? 'Group' : 'Repository'
}
