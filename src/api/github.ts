import { z } from 'zod'
import type { Parts } from '../parts.ts'
import { conflict, json, refusals, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { emptyBody, noQuery } from './fields.ts'
import type { GithubConnect } from './github-connect.ts'
import { overviewOf } from './github-overview.ts'

const overview = z.object({
  connected: z.boolean(),
  source: z
    .enum(['settings', 'saved'])
    .nullable()
    .describe('Where the app is from: the settings, or the start page. Null: there is none.'),
  app: z
    .object({ id: z.number(), name: z.string(), url: z.string(), owner: z.string().nullable() })
    .nullable(),
  owners: z.array(z.object({ owner: z.string(), repositories: z.array(z.string()) })),
  lastDelivery: z
    .object({
      event: z.string(),
      receivedAt: z.string().describe('RFC 3339.'),
      status: z.enum(['waiting', 'done', 'failed']),
      reason: z.string(),
    })
    .nullable(),
  problems: z.array(z.string()).describe('What does not work, as sentences.'),
})

/** What the page /github shows, for programs. */
export function githubRoutes(app: App, parts: Parts, connect: GithubConnect): void {
  app.route({
    method: 'GET',
    url: '/api/github',
    schema: {
      tags: ['instance'],
      summary: 'What is connected at GitHub',
      operationId: 'getGithub',
      querystring: noQuery,
      response: { 200: json('The app, its repositories, the last call.', overview), ...refusals },
    },
    handler: async () => {
      const known = await overviewOf(parts, connect)
      const { lastDelivery } = known
      const receivedAt = new Date(lastDelivery?.receivedAt ?? 0).toISOString()
      return { ...known, lastDelivery: lastDelivery && { ...lastDelivery, receivedAt } }
    },
  })

  app.route({
    method: 'DELETE',
    url: '/api/github',
    schema: {
      tags: ['instance'],
      summary: 'Forget the GitHub App that was made from the start page',
      description: 'Its repositories stay. An app of the settings is taken out of those.',
      operationId: 'disconnectGithub',
      body: emptyBody,
      response: { 200: json('It is forgotten.', z.object({})), ...writeRefusals, ...conflict },
    },
    handler: async () => {
      await connect.forget()
      return {}
    },
  })
}
