import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildEnvironment } from '../../../src/environments/lifecycle.ts'
import { mirrorOf } from '../../../src/repositories/mirrors.ts'
import { built, disposing, ended, offer, openHouseWithChanges, repositoryOf, setChange } from './changes.ts'

const file = (says = 'the base') => `
services:
  web:
    image: web
    checkout: true
    path: /app
    variables: {TITLE: "{{ Environment.Change.Title }}", HASH: "{{ Environment.Ref.Hash }}"}
    commands: {show: "echo ${says}; cat /app/new; cat /app/old"}
    start: serve
`

/** A change offers `new`; its target has got `old` since. */
async function offered(more: Parameters<typeof offer>[2] = {}) {
  const house = await openHouseWithChanges(file())
  const source = house.origin.commit('feature', { new: 'new code\n' })
  const target = house.origin.commit('main', { old: 'old code\n' })
  return { ...disposing(house), source, target, ...(await offer(house, source, more)) }
}

test('of a change its code merged into the present target is built, under the commit that everybody knows', async () => {
  await using made = await offered()
  const { house, source, target, environmentId } = made
  const { environment, build, log, container } = await built(house, environmentId)
  assert.equal(environment.state, 'built', environment.reason)
  assert.deepEqual(environment.serving, { hash: source, stale: false })
  const { commit = '', ...rest } = build.source ?? {}
  assert.deepEqual(rest, {
    target: { name: 'main', hash: target },
    qaackfile: commit,
    trusted: true,
    file: { mode: 'repo', qaackFile: '' },
    change: {
      Number: '12',
      Title: 'A new look',
      Author: 'ada',
      Source: 'feature',
      Target: 'main',
      Fork: false,
    },
  })
  const mirror = mirrorOf(house.parts, await repositoryOf(house))
  assert.deepEqual((await mirror.commitInfo(commit)).parents, [target, source])
  assert.match(log, /web \| new code\nweb \| old code\n/)
  const merged = `${source.slice(0, 7)} merged into main at ${target.slice(0, 7)}`
  assert.ok(log.includes(`creating 1 service of change 12 at ${merged}\n`), log)
  assert.ok(log.includes(`code of ${merged} put into /app`), log)
  assert.equal(container?.files.get('/app/.git/HEAD')?.content.toString(), `${commit}\n`, 'detached')
  const variables = container.workload.variables
  assert.equal(variables['QCK_ENVIRONMENT_HASH'], source)
  assert.equal(variables['QCK_ENVIRONMENT_REF'], 'refs/pull/12/head')
  assert.equal(variables['HASH'], source)
  assert.equal(variables['TITLE'], 'A new look')
  const told = Object.entries(variables).filter(([name]) => name.startsWith('QCK_CHANGE_'))
  assert.deepEqual(Object.fromEntries(told), {
    QCK_CHANGE_NUMBER: '12',
    QCK_CHANGE_TITLE: 'A new look',
    QCK_CHANGE_AUTHOR: 'ada',
    QCK_CHANGE_SOURCE: 'feature',
    QCK_CHANGE_TARGET: 'main',
  })
})

test('a branch is built at its own commit', async () => {
  await using house = await openHouseWithChanges('services: {web: {image: web}}\n')
  await house.create()
  await house.until('built')
  const [build] = await house.builds()
  const { first } = house
  const file = { mode: 'repo', qaackFile: '' }
  assert.deepEqual(build?.source, { commit: first, target: null, qaackfile: first, trusted: true, file })
})

test('both stages are made from the same, also when target, title and mirror are others by then', async () => {
  await using made = await offered()
  const { house, environmentId, change } = made
  const created = await built(house, environmentId, { build: false })
  assert.equal(created.environment.state, 'created', created.environment.reason)
  house.origin.commit('main', { old: 'newer code\n' })
  await house.parts.store.commit([{ save: 'change', record: { ...change, version: 1, title: 'Another' } }])
  await mirrorOf(house.parts, await repositoryOf(house)).remove()
  await buildEnvironment(house.parts, environmentId)
  await house.untilSo(
    async () => (await house.parts.store.get('environment', environmentId))?.state !== 'created',
    'queued',
  )
  const { build, environment, log } = await ended(house, environmentId)
  assert.equal(environment.state, 'built', environment.reason)
  assert.notEqual(build.id, created.build.id)
  assert.deepEqual(build.source, created.build.source)
  assert.match(log, /web \| old code\n/)
})

test('a conflict fails the build, and its reason names the files and what to do', async () => {
  await using house = await openHouseWithChanges(file())
  const source = house.origin.commit('feature', { 'a.txt': 'theirs\n', 'b/c.txt': 'theirs\n' })
  house.origin.commit('main', { 'a.txt': 'ours\n', 'b/c.txt': 'ours\n' })
  const { environmentId } = await offer(house, source)
  const { environment, build } = await built(house, environmentId)
  assert.equal(environment.state, 'failed')
  assert.equal(
    environment.reason,
    'merge conflict with main in 2 files: a.txt, b/c.txt; merge main into feature, resolve them and push',
  )
  assert.deepEqual([build.outcome, build.source], ['failed', null])
})

test('where only the code of the change is to be built, its target does not matter', async () => {
  await using made = await offered({ target: 'gone' })
  const { house, source, environmentId } = made
  await setChange(house, { build: 'head' })
  const { build, log } = await built(house, environmentId)
  const { commit, target, qaackfile } = build.source ?? {}
  assert.deepEqual([commit, target, qaackfile], [source, null, source])
  assert.match(log, /web \| new code\nweb \| cat: can't open '\/app\/old'/)
})

test('a target that is gone fails the build with what to do', async () => {
  await using made = await offered({ target: 'gone' })
  const { house, environmentId } = made
  const { environment } = await built(house, environmentId)
  assert.match(
    environment.reason,
    /branch gone that change 12 is offered to .* offer the change to another branch/,
  )
})

test('a change that nobody knows any more is not built', async () => {
  await using made = await offered()
  const { house, environmentId, change } = made
  await house.parts.store.commit([{ remove: 'change', id: change.id, version: 1 }])
  const { environment } = await built(house, environmentId)
  assert.match(environment.reason, /change 12 is not known any more/)
})

test('the commit of a fork is built only if somebody approved exactly that one, however the build was asked for', async () => {
  await using made = await offered({ fork: true })
  const { house, environmentId, source, target, change } = made
  const refused = await built(house, environmentId)
  assert.equal(refused.environment.state, 'failed')
  assert.match(
    refused.environment.reason,
    /nobody who may write here has approved its commit [0-9a-f]{7}; .*qaack approve/,
  )
  assert.equal(house.engine.containers.size, 0)

  const approve = (hash: string, version: number) =>
    house.parts.store.commit([
      {
        save: 'change',
        record: { ...change, version, approved: { hash, target: 'main', by: 'grace', at: 1 } },
      },
    ])
  await approve(target, 1)
  await buildEnvironment(house.parts, environmentId)
  const other = await ended(house, environmentId)
  assert.match(other.environment.reason, /has approved its commit/)

  await approve(source, 2)
  await buildEnvironment(house.parts, environmentId)
  const { environment, build } = await ended(house, environmentId)
  assert.equal(environment.state, 'built', environment.reason)
  assert.equal(build.source?.trusted, false)
  assert.equal(build.source.qaackfile, target, 'the Qaackfile of the base')
})

for (const [build, forkQaackFile, says] of [
  ['merge', 'base', 'the base'],
  ['head', 'base', 'the base'],
  ['merge', 'head', 'the fork'],
  ['head', 'head', 'the fork'],
] as const) {
  test(`of a fork, built as ${build}, the Qaackfile of the ${forkQaackFile} is read`, async () => {
    await using house = await openHouseWithChanges(file())
    const source = house.origin.commit('feature', { 'qaack/qaack.yml': file('the fork'), new: 'n', old: 'o' })
    house.origin.commit('main', { other: 'x' })
    const approved = { hash: source, target: 'main', by: 'grace', at: 1 }
    const { environmentId } = await offer(house, source, { fork: true, approved })
    await setChange(house, { build, forkQaackFile })
    const { log, environment } = await built(house, environmentId)
    assert.equal(environment.state, 'built', environment.reason)
    assert.match(log, new RegExp(`web \\| ${says}\n`))
  })
}
