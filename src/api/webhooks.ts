import { isQaackError } from '../errors.ts'
import { syncRepository } from '../environments/sync.ts'
import { newId } from '../ids.ts'
import type { Parts } from '../parts.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import { Conflict, type DeliveryRecord } from '../stores/store.ts'
import { begun, fault, json, missing } from './answers.ts'
import type { App } from './app.ts'
import { idParams } from './fields.ts'
import { repositoryOf } from './repositories.ts'

/** Name under which calls of plain git hooks are kept. */
const host = 'git'

export function webhookRoutes(app: App, parts: Parts): void {
  const inbox = new Inbox(parts)
  app.addHook('onReady', () => inbox.resume())
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
        const repository = await repositoryOf(parts, request.params.id)
        await inbox.receive(repository)
        return reply.code(202).send({ id: repository.id })
      },
    })
    done()
  })
}

/** Calls of plain git hooks, each kept until the refs were looked at after it. */
class Inbox {
  readonly #parts: Parts
  /** Ids of deliveries whose look at the refs has begun: a push after that needs another one. */
  readonly #begun = new Set<string>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Keeps the call, then works on it beside the answer. A kept one whose look has not begun stands for all that come till then. */
  async receive(repository: RepositoryRecord): Promise<void> {
    const waiting = await this.#waiting(repository.id)
    if (waiting.every(({ id }) => this.#begun.has(id))) await this.#keep(repository)
    this.#look(repository.id)
  }

  /** Goes on with what was kept when the process before this one ended. */
  async resume(): Promise<void> {
    const waiting = await this.#waiting()
    for (const id of new Set(waiting.map(({ repositoryId }) => repositoryId))) if (id !== null) this.#look(id)
  }

  #look(repositoryId: string): void {
    const { background } = this.#parts
    background.run(`webhook of repository ${repositoryId}`, () =>
      background.latest(`webhook ${repositoryId}`, () => this.#work(repositoryId)),
    )
  }

  async #work(repositoryId: string): Promise<void> {
    const deliveries = await this.#waiting(repositoryId)
    if (deliveries.length === 0) return
    for (const { id } of deliveries) this.#begun.add(id)
    try {
      // A remote that does not answer is written down with the repository, and looked at again by itself.
      await syncRepository(this.#parts, repositoryId, 'webhook').catch((error: unknown) => {
        if (!isQaackError(error)) throw error
      })
      for (const { id, version } of deliveries) await this.#forget(id, version)
    } finally {
      for (const { id } of deliveries) this.#begun.delete(id)
    }
  }

  async #waiting(repositoryId?: string): Promise<DeliveryRecord[]> {
    const waiting = await this.#parts.store.list('delivery', { host, status: 'waiting' })
    return repositoryId === undefined
      ? waiting
      : waiting.filter((delivery) => delivery.repositoryId === repositoryId)
  }

  async #keep({ id: repositoryId, name }: RepositoryRecord): Promise<void> {
    const id = newId()
    const at = this.#parts.clock.now()
    const record: DeliveryRecord = {
      id,
      version: 1,
      host,
      deliveryId: id,
      repositoryId,
      event: 'push',
      payload: '',
      receivedAt: at,
      status: 'waiting',
      reason: '',
    }
    const message = `webhook called: the refs of ${name} are looked at`
    const event = { at, kind: 'delivery' as const, repositoryId, environmentId: null, buildId: null, message }
    await this.#parts.store.commit([{ insert: 'delivery', record }, { event }])
  }

  /** Such a call has no name by which it could come twice, so nothing has to be remembered of it. */
  async #forget(id: string, version: number): Promise<void> {
    await this.#parts.store.commit([{ remove: 'delivery', id, version }]).catch((error: unknown) => {
      if (!(error instanceof Conflict)) throw error
    })
  }
}
