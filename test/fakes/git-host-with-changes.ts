import type { HostChange, HostRepository } from '../../src/hosts/event.ts'
import { HostFailure } from '../../src/hosts/failure.ts'
import { createGitHost } from '../../src/hosts/git/git-host.ts'
import type { Answer, ChangeHost, GitHost, HostDoor, HostHooks } from '../../src/hosts/host.ts'
import type { RepositoryParams, RepositoryRecord } from '../../src/repositories/repository.ts'

/**
 * A git host over local repositories that knows changes, and who may write. It keeps book of what it was asked, fails when
 * told to, and complains about a repository that it does not have and a comment that was never written.
 */
export class GitHostWithChanges implements GitHost {
  door: HostDoor | null = null
  hooks: HostHooks | null = null
  /** What it gives to this server; null = everything is added by hand. */
  given: HostRepository[] | null = []
  readonly writers = new Set(['alice'])
  /** By repository key and number. */
  readonly known = new Map<string, HostChange>()
  readonly comments = new Set<string>()
  readonly answers: Answer[] = []
  /** Each call, e.g. `list 12`. */
  readonly calls: string[] = []
  /** Deliveries that did not arrive, as the host believes. */
  missed: string[] = []
  readonly recovered: { since: number; count: number }[] = []
  /** Thrown by the next calls whose book entry begins with the key, as often as it says. */
  readonly failures: { call: string; times: number; error: HostFailure }[] = []
  /** Runs before the next answer to `list`, as if it happened while we asked. */
  meanwhile: (() => Promise<void>) | undefined
  readonly #git = createGitHost()

  check(params: Record<string, unknown>): RepositoryParams {
    const { origin, owner, repo, hostKey, installation, token } = params
    return {
      origin: textOf(origin),
      ...(owner === undefined ? {} : { owner: textOf(owner) }),
      ...(repo === undefined ? {} : { repo: textOf(repo) }),
      ...(hostKey === undefined ? {} : { hostKey: textOf(hostKey) }),
      ...(installation === undefined ? {} : { installation: Number(installation) }),
      ...(token === undefined ? {} : { token: textOf(token) }),
    }
  }

  remote(repository: RepositoryRecord) {
    return this.#git.remote(repository)
  }

  describe() {
    return { webUrl: null, templateParams: {} }
  }

  receive() {
    return { events: [] }
  }

  repositories(): Promise<HostRepository[] | null> {
    return this.#answer('repositories', () => this.given)
  }

  recover(since: number, known: (deliveryId: string) => Promise<boolean>): Promise<number> {
    return this.#answer('recover', async () => {
      const isKnown = await Promise.all(this.missed.map((deliveryId) => known(deliveryId)))
      const count = isKnown.filter((one) => !one).length
      this.recovered.push({ since, count })
      return count
    })
  }

  readonly changes: ChangeHost = {
    shows: [],
    ref: (name) => `refs/pull/${name}/head`,
    list: async (repository, name) => {
      const found = await this.#answer(`list ${name ?? ''}`.trim(), () => this.#list(repository, name))
      const { meanwhile } = this
      this.meanwhile = undefined
      await meanwhile?.()
      return found
    },
    mayWrite: (_, person) => this.#answer(`mayWrite ${person}`, () => this.writers.has(person)),
    publish: () => Promise.reject(new Error('nothing is published here')),
    isAnswered: (_, __, commentId) =>
      this.#answer('isAnswered', () =>
        this.answers.some((one) => one.commentId === commentId && one.reaction !== 'seen'),
      ),
    answer: (_, answer) =>
      this.#answer(`answer ${answer.reaction}`, () => {
        if (!this.comments.has(answer.commentId)) throw new HostFailure('gone', 'the comment is not there')
        this.answers.push(answer)
      }),
  }

  /** Makes a change what it is said to be, newer than what it was. */
  put(repository: HostRepository, change: HostChange): HostChange {
    this.known.set(`${repository.key}/${change.name}`, change)
    return change
  }

  #list({ params }: RepositoryRecord, name: string | undefined): HostChange[] {
    if (params.token?.startsWith('v1.')) throw new Error('a secret was not opened')
    const all = [...this.known].filter(([key]) => key.startsWith(`${params.hostKey}/`)).map(([, one]) => one)
    return all.filter((one) => (name === undefined ? one.state === 'open' : one.name === name))
  }

  /** Never in the same turn: no host answers at once. */
  async #answer<T>(call: string, work: () => T | Promise<T>): Promise<T> {
    await Promise.resolve()
    this.calls.push(call)
    const failure = this.failures.find((one) => one.times > 0 && call.startsWith(one.call))
    if (failure) {
      failure.times -= 1
      throw failure.error
    }
    return work()
  }
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error('a param is not a text')
  return value
}
