import { z } from 'zod'
import { qaackfileJsonSchema } from '../qaackfile/schema/file-schema.ts'
import type { App } from './app.ts'
import { fault, json } from './answers.ts'

export function openApiRoutes(app: App): void {
  app.route({
    method: 'GET',
    url: '/api/openapi.json',
    config: { open: true },
    schema: {
      tags: ['instance'],
      summary: 'This description',
      operationId: 'getOpenApi',
      security: [],
      response: { 200: json('OpenAPI 3.1.', z.record(z.string(), z.unknown())), ...fault },
    },
    handler: () => app.swagger() as unknown as Record<string, unknown>,
  })

  app.route({
    method: 'GET',
    url: '/api/qaackfile.schema.json',
    config: { open: true },
    schema: {
      tags: ['instance'],
      summary: 'JSON Schema of the Qaackfile',
      description:
        'For editors: completion and hints while the file is written. Templates are checked by `qaack check`.',
      operationId: 'getQaackfileSchema',
      security: [],
      response: { 200: json('JSON Schema.', z.record(z.string(), z.unknown())), ...fault },
    },
    handler: () => qaackfileJsonSchema(),
  })
}
