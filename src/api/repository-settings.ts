import { followOpen } from '../changes/follow-open.ts'
import type { Parts } from '../parts.ts'
import { updateSettings } from '../repositories/manage.ts'
import { json, missing, refusals, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { idParams, noQuery } from './fields.ts'
import { repositoryOf } from './repositories.ts'
import { readSettings, settingsBody } from './settings-body.ts'
import { settingsView, viewSettings } from './settings-view.ts'
import { viewVariables } from './variables-view.ts'

export function repositorySettingsRoutes(app: App, parts: Parts): void {
  app.route({
    method: 'GET',
    url: '/api/repository/:id/settings',
    schema: {
      tags: ['repositories'],
      summary: 'Settings of a repository',
      operationId: 'getRepositorySettings',
      params: idParams,
      querystring: noQuery,
      response: { 200: json('The settings.', settingsView), ...refusals, ...missing },
    },
    handler: async (request) => {
      const { id, settings, sshKey } = await repositoryOf(parts, request.params.id)
      return viewSettings(settings, sshKey, await viewVariables(parts, id))
    },
  })

  app.route({
    method: 'POST',
    url: '/api/repository/:id/settings',
    schema: {
      tags: ['repositories'],
      summary: 'Change settings of a repository',
      description:
        'Changes only what is named. What concerns environments counts from their next creation on.',
      operationId: 'changeRepositorySettings',
      params: idParams,
      body: settingsBody,
      response: { 200: json('The settings as they are now.', settingsView), ...writeRefusals, ...missing },
    },
    handler: async (request) => {
      const { id } = request.params
      const { settings, sshKey } = await updateSettings(parts, id, readSettings(request.body))
      // A new rule counts for the changes that are open, too.
      parts.background.run(`changes of repository ${id} under new settings`, () => followOpen(parts, id))
      return viewSettings(settings, sshKey, await viewVariables(parts, id))
    },
  })
}
