import assert from 'node:assert/strict'
import { handleEvent } from '../../../src/changes/handle.ts'
import { environmentsOf } from '../../../src/changes/preview.ts'
import { findChange } from '../../../src/changes/take.ts'
import type { ChangeRecord } from '../../../src/changes/change.ts'
import type { EnvironmentRecord } from '../../../src/environments/environment.ts'
import { syncRepository } from '../../../src/environments/sync.ts'
import type { HostChange, HostRepository } from '../../../src/hosts/event.ts'
import type { Parts } from '../../../src/parts.ts'
import { connectRepository } from '../../../src/repositories/connected.ts'
import { deleteRepository, updateSettings, type PartialSettings } from '../../../src/repositories/manage.ts'
import type { FakeEngineOptions } from '../../fakes/engine.ts'
import { GitHostWithChanges } from '../../fakes/git-host-with-changes.ts'
import type { Origin } from '../../fakes/origin.ts'
import { becomes, openHouse } from '../environments/house.ts'

export const simple = `
services:
  web: {image: web, commands: {hello: echo built}, start: serve}
  db: {image: db}
`

/** A repository `acme/shop` at a host that has changes, with a worker and an engine that is none. */
export async function openChanges(
  given: { qaackfile?: string; engine?: FakeEngineOptions; settings?: PartialSettings } = {},
) {
  const house = await openHouse(given.qaackfile ?? simple, given.engine ? { engine: given.engine } : {})
  const { parts, origin, clock } = house
  await deleteRepository(parts, house.repositoryId)
  const host = new GitHostWithChanges()
  parts.hosts.github = host
  const place = hostRepository('1', 'acme', 'shop', origin)
  host.given?.push(place)
  const connected = await connectRepository(parts, 'github', place)
  assert.ok(connected)
  const repositoryId = connected.id
  await updateSettings(parts, repositoryId, given.settings ?? {})
  await syncRepository(parts, repositoryId, 'test')

  /** Times of the host, in whole seconds, are not ours. */
  let second = 1_700_000_000
  let comments = 0
  const setting = {
    ...house,
    host,
    place,
    repositoryId,
    /** Commits on a branch, offers it as the change, and leaves telling us of it to the test. */
    offer(name: string, files: Record<string, string>, facts: Partial<HostChange> = {}): HostChange {
      const { source = `topic-${name}`, fork = false } = facts
      const hash = commitOffer(origin, name, source, fork, files)
      return setting.edit(name, { ...facts, hash, source, fork })
    },
    /** The same commit, with other facts. */
    edit(name: string, facts: Partial<HostChange>): HostChange {
      const before = host.known.get(`${place.key}/${name}`)
      return host.put(place, { ...(before ?? fresh(name)), ...facts, updatedAt: (second += 1) * 1000 })
    },
    /** A delivery about a change; `by` is the server that gets it. */
    tell: (change: HostChange, by: Parts = parts) =>
      handleEvent(by, 'github', { kind: 'change', repository: place, change }, null),
    /** A comment, and the reaction and answer that it got at last. */
    async say(name: string, text: string, author = 'alice', before: string | null = null) {
      const comment = { id: `c${(comments += 1)}`, text, before, author, ours: false }
      host.comments.add(comment.id)
      const decision = await handleEvent(
        parts,
        'github',
        { kind: 'comment', repository: place, change: name, comment },
        null,
      )
      const answers = () => host.answers.filter(({ commentId }) => commentId === comment.id)
      return {
        decision,
        comment,
        answers,
        reaction: answers().at(-1)?.reaction,
        text: answers().at(-1)?.text ?? '',
      }
    },
    async change(name: string): Promise<ChangeRecord> {
      const change = await findChange(parts, repositoryId, name)
      assert.ok(change, `change ${name} is known`)
      return change
    },
    /** Its environments, the preview first. */
    async previews(name: string): Promise<EnvironmentRecord[]> {
      const change = await findChange(parts, repositoryId, name)
      return change ? environmentsOf(parts, change) : []
    },
    async preview(name: string): Promise<EnvironmentRecord> {
      const [preview] = await setting.previews(name)
      assert.ok(preview, `change ${name} has a preview`)
      return preview
    },
    async untilPreview(name: string, ...states: string[]): Promise<EnvironmentRecord> {
      await setting.untilTrue(
        async () => {
          const [preview] = await setting.previews(name)
          return preview !== undefined && states.includes(preview.state)
        },
        `a preview of ${name} that is ${states.join(' or ')}`,
      )
      return setting.preview(name)
    },
    async untilTrue(isTrue: () => Promise<boolean>, what: string): Promise<void> {
      if (await becomes(clock, isTrue)) return
      throw new Error(`never ${what}: ${(await setting.messages()).slice(-5).join(' | ')}`)
    },
    messages: async (kind?: string) =>
      (await parts.store.events({ since: 0, limit: 10_000 }))
        .filter((event) => kind === undefined || event.kind === kind)
        .map(({ message }) => message),
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]()
    },
  }
  return setting
}

export function hostRepository(key: string, owner: string, name: string, origin: Origin): HostRepository {
  const params = { origin: origin.dir, owner, repo: name, hostKey: key, installation: 7 }
  return { key, owner, name, params }
}

/** Of a fork only the ref of the change is in the base repository. */
function commitOffer(
  origin: Origin,
  name: string,
  source: string,
  fork: boolean,
  files: Record<string, string>,
): string {
  const branch = fork ? `fork-of-${name}-${source}` : source
  const offered = `refs/pull/${name}/head`
  const isKnown = origin.git('for-each-ref', offered) !== ''
  if (origin.git('branch', '--list', branch) === '') origin.git('branch', branch, isKnown ? offered : 'main')
  const hash = origin.commit(branch, files)
  origin.git('update-ref', offered, hash)
  origin.git('checkout', '-q', 'main')
  if (fork) origin.git('branch', '-q', '-D', branch)
  return hash
}

function fresh(name: string): HostChange {
  return {
    name,
    title: `Change ${name}`,
    author: 'bob',
    source: `topic-${name}`,
    target: 'main',
    hash: '',
    fork: false,
    draft: false,
    labels: [],
    state: 'open',
    url: `https://host.example/acme/shop/pull/${name}`,
    updatedAt: 0,
  }
}
