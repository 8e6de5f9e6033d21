import assert from 'node:assert/strict'
import test from 'node:test'
import type { EnvironmentRecord } from '../../../src/environments/environment.ts'
import { createEnvironment } from '../../../src/environments/lifecycle.ts'
import { syncRepository } from '../../../src/environments/sync.ts'
import { openChanges } from '../changes/setting.ts'
import { patch } from './reuse.ts'

const services = `
services:
  web:
    image: web
    checkout: true
    commands:
      install: {run: echo installing, inputs: [lock]}
      build: echo building
    start: serve
  db: {image: db}
`
const files: Record<string, string> = {
  deps: `reuse: deps\nmake_reusable: {deps: {on: web.install}}\n${services}`,
  auto: `reuse: auto\n${services}`,
}

type At = Awaited<ReturnType<typeof openChanges>>

/** A repository whose installation takes so long that `auto` saves it. */
async function openShop(reuse: string): Promise<At> {
  const at = await openChanges({ qaackfile: files[reuse] ?? '' })
  patch(at.engine, (container) => ({
    async exec(spec) {
      if (spec.command.at(-1) === 'echo installing') await at.clock.advance(4000)
      return container.exec(spec)
    },
  }))
  return at
}

async function untilServes(at: At, id: string, hash: string): Promise<EnvironmentRecord> {
  const now = async () => {
    const environment = await at.parts.store.get('environment', id)
    assert.ok(environment)
    assert.notEqual(environment.state, 'failed', environment.reason)
    return environment
  }
  await at.untilTrue(async () => (await now()).serving?.hash === hash, `built at ${hash}`)
  return now()
}

/** Offers a commit of a fork and approves it, until it answers. */
async function approved(at: At, files: Record<string, string>): Promise<EnvironmentRecord> {
  const offered = at.offer('12', files, { fork: true, author: 'mallory' })
  await at.tell(offered)
  assert.equal((await at.say('12', `/qaack approve ${offered.hash}`)).reaction, 'done')
  await at.untilTrue(async () => (await at.previews('12')).length === 1, 'a preview')
  return untilServes(at, (await at.preview('12')).id, offered.hash)
}

async function branchOf(at: At): Promise<EnvironmentRecord> {
  const { repositoryId, first } = at
  const [main] = await at.parts.store.list('environment', { repositoryId, refName: 'main' })
  assert.ok(main)
  if (main.state === 'empty') await createEnvironment(at.parts, main.id, {})
  return untilServes(at, main.id, first)
}

const savedOf = (at: At) => at.parts.store.list('reusable', { repositoryId: at.repositoryId })

/** Ids of the images that containers of an environment were made of, as often as any was. */
async function madeOf(at: At, { id }: EnvironmentRecord): Promise<Set<string>> {
  const containers = [...at.engine.containers.values()].filter(
    ({ labels }) => labels['qaack.environment'] === id,
  )
  const builds = await at.parts.store.list('build', { environmentId: id })
  assert.ok(containers.length > 0 && builds.length > 0)
  return new Set(containers.map(({ image }) => image.facts.id))
}

async function imagesSaved(at: At, trusted: boolean): Promise<string[]> {
  const records = (await savedOf(at)).filter((one) => one.trusted === trusted)
  return records.flatMap(({ services }) => services.map(({ image }) => image))
}

for (const reuse of ['deps', 'auto'])
  test(`what a fork's change saves is for itself alone, and it starts from nothing else, though it was approved (${reuse})`, async () => {
    await using at = await openShop(reuse)
    const main = await branchOf(at)
    assert.deepEqual(main.reusable.saved, [reuse])
    const ofMain = await savedOf(at)
    assert.ok(ofMain.length > 0 && ofMain.every(({ trusted }) => trusted))

    // The same files decide what is installed, so that only trust can be what keeps them apart.
    const fork = await approved(at, { page: 'one' })
    assert.equal(fork.reusable.used, null)
    assert.match(fork.reusable.why, /not trusted starts only from what its own environment saved/)
    assert.deepEqual(fork.reusable.saved, [reuse])
    const ofFork = (await savedOf(at)).filter(({ environmentId }) => environmentId === fork.id)
    assert.ok(ofFork.length > 0 && ofFork.every(({ trusted }) => !trusted))
    const trusted = await imagesSaved(at, true)
    const made = await madeOf(at, fork)
    assert.ok(!trusted.some((image) => made.has(image)))
    const before = ofMain.map(({ id, version, usedAt, services }) => ({ id, version, usedAt, services }))
    const after = (await savedOf(at)).filter(({ environmentId }) => environmentId === main.id)
    assert.deepEqual(
      after.map(({ id, version, usedAt, services }) => ({ id, version, usedAt, services })),
      before,
      'what the branch saved was neither used nor changed',
    )

    // A change of the repository's own, which is newer than what the fork saved, starts from the branch's.
    const own = at.offer('13', { page: 'two' })
    await at.tell(own)
    await at.untilTrue(async () => (await at.previews('13')).length === 1, 'a preview')
    const change = await untilServes(at, (await at.preview('13')).id, own.hash)
    assert.equal(change.reusable.used, reuse)
    const [build] = await at.parts.store.list('build', { environmentId: change.id })
    assert.ok(ofMain.some(({ id }) => id === build?.reusableId))
    const strangers = await imagesSaved(at, false)
    assert.ok(strangers.length > 0)
    const used = await madeOf(at, change)
    assert.ok(!strangers.some((image) => used.has(image)))

    // The branch itself too.
    const merged = at.origin.commit('main', { 'README.md': 'two' })
    await syncRepository(at.parts, at.repositoryId, 'test')
    await untilServes(at, main.id, merged)
    const again = await madeOf(at, main)
    assert.ok(!(await imagesSaved(at, false)).some((image) => again.has(image)))

    // The next commit of the fork, approved again, starts from what the fork saved.
    const next = await approved(at, { page: 'three' })
    assert.equal(next.reusable.used, reuse)
    const last = (await at.parts.store.list('build', { environmentId: fork.id })).at(-1)
    assert.ok(ofFork.some(({ id }) => id === last?.reusableId))
    const kept = await imagesSaved(at, true)
    const mine = await madeOf(at, next)
    assert.ok(!kept.some((image) => mine.has(image)))

    await at.tell(at.edit('12', { state: 'closed' }))
    await at.untilTrue(
      async () => (await savedOf(at)).every(({ trusted }) => trusted),
      'without what the fork saved',
    )
    assert.ok((await savedOf(at)).length > 0)
  })
