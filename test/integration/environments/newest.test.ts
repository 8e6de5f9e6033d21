import assert from 'node:assert/strict'
import { renameSync } from 'node:fs'
import test from 'node:test'
import { buildEnvironment } from '../../../src/environments/lifecycle.ts'
import { readRefFirst } from '../../../src/environments/newest.ts'
import { addRef } from '../../../src/environments/add-refs.ts'
import type { RepositoryRecord } from '../../../src/repositories/repository.ts'
import { updateSettings } from '../../../src/repositories/manage.ts'
import { settle } from '../../fakes/clock.ts'
import { openHouse } from './house.ts'

const simple =
  'services: {web: {image: web, commands: {hello: echo hello}, start: serve, port: 80, ready: {command: "true"}}}'

type House = Awaited<ReturnType<typeof openHouse>>

/** What the API does when somebody asks for a build. */
async function askForBuild({ parts, id }: House, wish: { clean?: boolean } = {}) {
  const unread = await readRefFirst(parts, id)
  await buildEnvironment(parts, id, { ...wish, unread })
}

async function logOf({ parts, builds }: House): Promise<string> {
  const build = (await builds()).at(-1)
  return (await parts.store.readLog(build?.id ?? '', 0)).text
}

test('a build that is asked for right after a push is of what was pushed, and there is one of it', async () => {
  await using house = await openHouse(simple)
  const second = house.origin.commit('main', { 'README.md': 'second' })
  await askForBuild(house)
  const built = await house.until('built')
  assert.deepEqual(built.serving, { hash: second, stale: false })
  const third = house.origin.commit('main', { 'README.md': 'third' })
  await askForBuild(house)
  await house.untilSo(({ serving }) => serving?.hash === third, 'built again')
  assert.deepEqual(
    (await house.builds()).map(({ hash }) => hash),
    [second, third],
  )
  assert.doesNotMatch(await logOf(house), /could not be asked/)
})

test('what a filter keeps from being built by a push is built when somebody asks', async () => {
  await using house = await openHouse(simple)
  await updateSettings(house.parts, house.repositoryId, { webhook: { branches: false } })
  await house.create()
  await house.until('built')
  const second = house.origin.commit('main', { 'README.md': 'second' })
  await askForBuild(house)
  await house.untilSo(({ serving }) => serving?.hash === second, 'built again')
})

test('a clean build of a new commit is clean', async () => {
  await using house = await openHouse(simple)
  await house.create()
  await house.until('built')
  const second = house.origin.commit('main', { 'README.md': 'second' })
  await askForBuild(house, { clean: true })
  await house.untilSo(({ serving }) => serving?.hash === second, 'built again')
  const last = (await house.builds()).at(-1)
  assert.deepEqual([last?.hash, last?.start], [second, 'clean'])
})

test('a repository that is away stops no build, and the log says so', async () => {
  await using house = await openHouse(simple)
  await house.create()
  await house.until('built')
  renameSync(house.origin.dir, `${house.origin.dir}-away`)
  try {
    await askForBuild(house)
    await house.untilSo(({ state, builds }) => state === 'built' && builds === 2, 'built again')
    assert.match(
      await logOf(house),
      /^==> the repository could not be asked for a newer commit, so this is the one known: \S/,
    )
  } finally {
    renameSync(`${house.origin.dir}-away`, house.origin.dir)
  }
})

test('a repository that does not answer is waited for five seconds; what it says then is followed', async () => {
  await using house = await openHouse(simple)
  await house.create()
  await house.until('built')
  const second = house.origin.commit('main', { 'README.md': 'second' })
  const { git } = house.parts
  const answers = Promise.withResolvers<void>()
  const run = git.run.bind(git)
  git.run = async (args, options) => {
    if (args[0] === 'fetch') await answers.promise
    return run(args, options)
  }
  let done = false
  const asked = askForBuild(house).then(() => (done = true))
  await house.clock.advance(4_900)
  await settle()
  assert.equal(done, false)
  await house.clock.advance(100)
  await asked
  const first = (await house.builds()).at(-1)
  assert.deepEqual([first?.hash, first?.unread?.split(';')[0]], [house.first, 'it did not answer within 5 s'])
  answers.resolve()
  await house.untilSo(({ serving }) => serving?.hash === second, 'followed')
})

test('of a branch that is gone nothing is built, and of a change nobody is asked', async () => {
  await using house = await openHouse(simple)
  house.origin.commit('side', { 'README.md': 'side' })
  await house.push({ 'README.md': 'main' })
  const [side] = await house.parts.store.list('environment', { refName: 'side' })
  house.origin.git('checkout', '-q', 'main')
  house.origin.git('branch', '-D', 'side')
  await assert.rejects(readRefFirst(house.parts, side?.id ?? ''), {
    code: 'not_found',
    message: /branch side is not in the repository any more/,
  })
  const repository = (await house.parts.store.get('repository', house.repositoryId)) as RepositoryRecord
  const change = await addRef(house.parts, repository, { type: 'change', name: '7', hash: house.first })
  house.origin.commit('main', { 'README.md': 'newer' })
  assert.equal(await readRefFirst(house.parts, change.id), undefined)
  assert.deepEqual(await house.parts.store.get('repository', house.repositoryId), repository)
})
