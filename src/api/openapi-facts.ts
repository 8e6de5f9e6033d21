import { readFileSync } from 'node:fs'
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'

/** The general part of the published description; the routes describe themselves. */
export const openApiFacts: FastifyDynamicSwaggerOptions['openapi'] = {
  openapi: '3.1.0',
  info: {
    title: 'Qaack',
    version: version(),
    description:
      'Previews of every branch and change. Send a token in the header X-QAACK-TOKEN or in the cookie token. ' +
      'Errors are answered as {"error": "<text>"}, with the field in "path" where one is wrong.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  tags: [
    { name: 'groups', description: 'Groups contain repositories.' },
    {
      name: 'repositories',
      description: 'A connection to a git repository, whose refs become environments.',
    },
    { name: 'environments', description: 'A preview of one git ref: a set of services with an address.' },
    { name: 'services', description: 'One running container of an environment.' },
    { name: 'events', description: 'Every decision with its reason.' },
    { name: 'user', description: 'Who asks, and the tokens of the API.' },
    { name: 'webhooks', description: 'What git hosts call.' },
    { name: 'instance', description: 'The service itself; no token is needed.' },
  ],
  components: {
    securitySchemes: {
      token: { type: 'apiKey', in: 'header', name: 'X-QAACK-TOKEN' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'token' },
    },
  },
  security: [{ token: [] }, { cookie: [] }],
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}
