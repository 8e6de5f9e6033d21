import { HostFailure } from '../../src/hosts/failure.ts'
import type { Heard, HostDoor, HostHooks, Knock } from '../../src/hosts/host.ts'
import type { RepositoryRecord } from '../../src/repositories/repository.ts'

/** Where a host calls us that sends its calls as `{"id", "event"}`, proved by a header that says `secret`. */
export const fakeDoor: HostDoor = {
  path: '/api/fake/webhooks',
  limit: 2 * 1024 * 1024,
  hear({ headers, body }: Knock): Heard {
    if (headers['x-proof'] === undefined) return { refused: 400, why: 'this is no call of the fake host' }
    if (headers['x-proof'] !== 'secret') return { refused: 401, why: 'nothing proves where this comes from' }
    const payload = body.toString()
    const { 'x-id': id, 'x-event': event } = headers
    return {
      delivery: { event: String(event ?? 'push'), payload },
      deliveryId: id === undefined ? null : String(id),
    }
  },
}

/**
 * Webhooks as a host keeps them, by origin of their repository. It complains about a repository that has its secrets sealed,
 * has no access to one without a token, and fails as it is told.
 */
export class FakeHooks implements HostHooks {
  readonly there = new Map<string, { url: string; on: boolean }>()
  /** Each call, e.g. `keep shop`. */
  readonly calls: string[] = []
  /** As long as it is there. */
  failure: Error | undefined
  /** What a call waits for, before its work. */
  hold: Promise<void> | undefined

  async keep(repository: RepositoryRecord, url: string): Promise<'made' | 'repaired' | 'kept' | null> {
    if (!(await this.#call('keep', repository))) return null
    const { origin } = repository.params
    const before = this.there.get(origin)
    this.there.set(origin, { url, on: true })
    if (!before) return 'made'
    return before.on && before.url === url ? 'kept' : 'repaired'
  }

  async remove(repository: RepositoryRecord, url: string): Promise<void> {
    if (!(await this.#call('remove', repository))) throw new HostFailure('refused', 'there is no access')
    if (this.there.get(repository.params.origin)?.url === url) this.there.delete(repository.params.origin)
  }

  /** Whether there is access. */
  async #call(what: string, { name, params }: RepositoryRecord): Promise<boolean> {
    this.calls.push(`${what} ${name}`)
    if (params.token?.startsWith('v1.')) throw new Error('a secret was not opened')
    await this.hold
    if (this.failure) throw this.failure
    return params.token !== undefined
  }
}
