import type { Inbox } from '../deliveries/inbox.ts'
import type { Parts } from '../parts.ts'
import { begun, fault, json, missing } from './answers.ts'
import type { App } from './app.ts'
import { idParams } from './fields.ts'
import { repositoryOf } from './repositories.ts'

export function webhookRoutes(app: App, parts: Parts, inbox: Pick<Inbox, 'receive'>): void {
  // A scope of its own, because here a body of any kind may come: nothing in it is needed.
  void app.register((scope: App, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, finish) =>
      finish(null, undefined),
    )
    scope.route({
      method: 'POST',
      url: '/api/git/webhooks/:id',
      config: { open: true },
      schema: {
        tags: ['webhooks'],
        summary: 'Something was pushed: look at the git refs',
        description:
          'For the post-receive hook of a plain git repository. Nothing but the call counts, so it needs no token.',
        operationId: 'receiveGitWebhook',
        security: [],
        params: idParams,
        response: { 202: json('It is written down; the refs are looked at.', begun), ...missing, ...fault },
      },
      handler: async (request, reply) => {
        const { id } = await repositoryOf(parts, request.params.id)
        // Also for a repository of another kind: whoever calls here knows no more than that something was pushed.
        const call = { host: 'generic', deliveryId: null, event: 'push', payload: '' } as const
        await inbox.receive({ ...call, repositoryId: id })
        return reply.code(202).send({ id })
      },
    })
    done()
  })
}
