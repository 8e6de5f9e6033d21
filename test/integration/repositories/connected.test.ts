import assert from 'node:assert/strict'
import test from 'node:test'
import { catchUp, newMemory } from '../../../src/changes/catch-up.ts'
import { handleEvent } from '../../../src/changes/handle.ts'
import { lockService, unlockService } from '../../../src/environments/lock.ts'
import type { HostRepository } from '../../../src/hosts/event.ts'
import { connectRepository } from '../../../src/repositories/connected.ts'
import { leaveRepository } from '../../../src/repositories/left.ts'
import { addGroup, addRepository, renameRepository } from '../../../src/repositories/manage.ts'
import { setVariable } from '../../../src/variables/keep.ts'
import { Origin } from '../../fakes/origin.ts'
import { hostRepository, openChanges, simple } from '../changes/setting.ts'

type Setting = Awaited<ReturnType<typeof openChanges>>

const came = (at: Setting, appeared: HostRepository[], gone: HostRepository[] = []) =>
  handleEvent(at.parts, 'github', { kind: 'repositories', appeared, gone }, null)

const named = async ({ parts }: Setting) => {
  const groups = new Map((await parts.store.list('group')).map(({ id, name }) => [id, name]))
  return (await parts.store.list('repository')).map(({ groupId, name }) => `${groups.get(groupId)}/${name}`)
}

test('a repository that appears gets its refs and previews of its open changes by itself', async () => {
  await using at = await openChanges()
  await came(at, [], [at.place])
  assert.deepEqual(await named(at), [])
  at.offer('12', { 'a.txt': 'one' })
  assert.equal(await came(at, [at.place]), 'repository shop connected')
  const [record] = await at.parts.store.list('repository')
  assert.equal(record?.settings.pollSeconds, 3600)
  assert.equal(record?.params.hostKey, '1')
  await at.untilTrue(
    async () =>
      (await at.parts.store.list('environment', { refType: 'change', state: 'built' })).length === 1,
    'a preview',
  )
  const branches = await at.parts.store.list('environment', { refType: 'branch' })
  assert.deepEqual(branches.map(({ ref }) => ref.name).sort(), ['main', 'topic-12'])
})

test('twice and at once it is one repository, in one group', async () => {
  await using at = await openChanges()
  const other = hostRepository('2', 'zeta', 'shop', at.origin)
  await Promise.all([1, 2, 3].map(() => came(at, [other])))
  await Promise.all([1, 2, 3].map(() => connectRepository(at.parts, 'github', other)))
  assert.deepEqual(await named(at), ['acme/shop', 'zeta/zeta-shop'])
  assert.equal((await at.parts.store.list('group', { name: 'zeta' })).length, 1)
  await at.parts.background.drained()
})

test('an event of a repository that is not known makes it known', async () => {
  await using at = await openChanges()
  await came(at, [], [at.place])
  await at.tell(at.offer('12', { 'a.txt': 'one' }))
  await at.parts.background.drained()
  assert.deepEqual(await named(at), ['acme/shop'])
})

test('one that somebody deleted here stays deleted until the host gives it anew, or somebody adds it', async () => {
  await using at = await openChanges()
  await leaveRepository(at.parts, at.repositoryId)
  await catchUp(at.parts, newMemory())
  assert.deepEqual(await named(at), [])
  assert.match(
    await handleEvent(at.parts, 'github', { kind: 'refs-changed', repository: at.place }, null),
    /^ignored: .* was deleted here$/,
  )
  await came(at, [], [at.place])
  await catchUp(at.parts, newMemory())
  assert.deepEqual(await named(at), ['acme/shop'], 'the app was taken from it and given to it again')
  const [again] = await at.parts.store.list('repository')
  await leaveRepository(at.parts, again?.id ?? '')
  assert.equal(await came(at, [at.place]), 'repository shop connected')
  await at.parts.background.drained()
})

test('a new installation of the app is the access from then on', async () => {
  await using at = await openChanges()
  await came(at, [{ ...at.place, params: { ...at.place.params, installation: 8 } }])
  const [record] = await at.parts.store.list('repository')
  assert.deepEqual([record?.id, record?.params.installation], [at.repositoryId, 8])
  await at.parts.background.drained()
})

test('what was added by hand is linked, not doubled, and stays when it is taken back', async () => {
  await using at = await openChanges()
  using origin = new Origin()
  origin.commit('main', { 'qaack/qaack.yml': simple })
  const group = await addGroup(at.parts, 'ours')
  const params = { origin: origin.dir, token: 'secret' }
  const { id } = await addRepository(at.parts, group.id, { name: 'mine', type: 'github', params })
  const place = hostRepository('9', 'acme', 'other', origin)
  at.host.given?.push(place)
  await came(at, [place])
  await at.parts.background.drained()
  assert.deepEqual(await named(at), ['acme/shop', 'ours/mine'])
  const linked = await at.parts.store.get('repository', id)
  assert.deepEqual([linked?.params.hostKey, linked?.params.installation], ['9', 7])
  assert.equal(linked?.settings.pollSeconds, 3600)

  // Also when it is only missed in a list, and with a secret that has to be opened for the host.
  at.host.given?.pop()
  await catchUp(at.parts, newMemory())
  const alone = await at.parts.store.get('repository', id)
  assert.deepEqual(Object.keys(alone?.params ?? {}).sort(), ['origin', 'owner', 'repo', 'token'])
  assert.equal(alone?.settings.pollSeconds, 60)
})

test('a name that another repository of the group has is not taken from it', async () => {
  await using at = await openChanges()
  using origin = new Origin()
  origin.commit('main', { 'README.md': 'another' })
  const [group] = await at.parts.store.list('group', { name: 'acme' })
  await addRepository(at.parts, group?.id ?? '', {
    name: 'tools',
    type: 'generic',
    params: { origin: origin.dir },
  })
  await came(at, [hostRepository('3', 'acme', 'tools', at.origin)])
  assert.deepEqual(await named(at), ['acme/shop', 'acme/tools', 'acme/tools-2'])
  await at.parts.background.drained()
})

test('a repository that is taken back goes with all its previews, except what is locked', async () => {
  await using at = await openChanges()
  for (const name of ['1', '2']) await at.tell(at.offer(name, { 'a.txt': name }))
  for (const name of ['1', '2']) await at.untilPreview(name, 'built')
  const { id: locked } = await at.preview('1')
  await lockService(at.parts, locked, 'db')
  assert.match(await came(at, [], [at.place]), /^repository shop stays: .*locked services/)
  const left = await at.parts.store.list('environment')
  assert.deepEqual(
    left.map(({ id }) => id),
    [locked],
  )
  await unlockService(at.parts, locked, 'db')
  at.host.given = [hostRepository('2', 'acme', 'other', at.origin)]
  await catchUp(at.parts, newMemory())
  assert.deepEqual(await named(at), ['acme/other'])
  assert.deepEqual(await at.parts.store.list('environment'), [])
  assert.match(await came(at, [], [at.place]), /acme\/shop was not known/)
})

test('a repository that moves keeps its previews and addresses; a name given by hand stays', async () => {
  await using at = await openChanges()
  await at.tell(at.offer('12', { 'a.txt': 'one' }))
  const before = await at.untilPreview('12', 'built')
  const moved = (owner: string, name: string) =>
    handleEvent(
      at.parts,
      'github',
      { kind: 'repository-moved', repository: hostRepository('1', owner, name, at.origin) },
      null,
    )
  assert.equal(await moved('beta', 'store'), 'repository store is beta/store at its host now')
  assert.deepEqual(await named(at), ['beta/store'])
  assert.deepEqual(await at.preview('12'), before)
  await renameRepository(at.parts, at.repositoryId, 'Our store')
  await moved('beta', 'market')
  assert.deepEqual(await named(at), ['beta/Our store'])
  const record = await at.parts.store.get('repository', at.repositoryId)
  assert.deepEqual([record?.params.owner, record?.params.repo], ['beta', 'market'])
})

test('a repository whose move nobody told of moves with the next comparison', async () => {
  await using at = await openChanges()
  at.host.given = [hostRepository('1', 'beta', 'store', at.origin)]
  await catchUp(at.parts, newMemory())
  assert.deepEqual(await named(at), ['beta/store'])
  const messages = await at.messages('repository')
  assert.equal(messages.filter((one) => one === 'repository shop is beta/store now').length, 1)
  await catchUp(at.parts, newMemory())
  assert.deepEqual(await at.messages('repository'), messages)
})

test('refs are read when the host tells of a push, by repository or by address', async () => {
  await using at = await openChanges()
  at.origin.git('branch', 'fresh')
  const event = { kind: 'refs-changed', repository: at.place } as const
  assert.equal(await handleEvent(at.parts, 'github', event, null), 'refs of shop read')
  assert.equal((await at.parts.store.list('environment', { refName: 'fresh' })).length, 1)
  at.origin.git('branch', '-D', 'fresh')
  await handleEvent(at.parts, 'github', { kind: 'refs-changed', repository: null }, at.repositoryId)
  assert.equal((await at.parts.store.list('environment', { refName: 'fresh' })).length, 0)
  await assert.rejects(
    handleEvent(at.parts, 'github', { kind: 'refs-changed', repository: null }, 'nobody'),
    /is not known/,
  )
})

test('what is only spoken of makes no repository, but finds the one that was added by hand', async () => {
  await using at = await openChanges()
  const { parts, host } = at
  const spoken = { ...hostRepository('9', 'Zeta', 'Tools', at.origin), connects: false }
  const tell = () => handleEvent(parts, 'github', { kind: 'refs-changed', repository: spoken }, null)
  const moved = () => handleEvent(parts, 'github', { kind: 'repository-moved', repository: spoken }, null)
  const none = 'ignored: the repository that it is about is none of ours'
  assert.deepEqual([await tell(), await moved()], [none, none])
  assert.deepEqual(await named(at), ['acme/shop'])
  const [group] = await parts.store.list('group', { name: 'acme' })
  const byHand = { ...spoken.params }
  delete byHand['hostKey']
  assert.ok(group)
  const { id } = await addRepository(parts, group.id, { name: 'tools', type: 'github', params: byHand })
  assert.equal(await tell(), 'refs of tools read')
  assert.equal((await parts.store.get('repository', id))?.params.hostKey, undefined)
  assert.equal(await moved(), none)
  assert.ok(host)
})

test('a group that somebody made gives its variables to no repository that a host brings under its name', async () => {
  await using at = await openChanges()
  const { parts } = at
  const variable = { name: 'TOKEN', value: 'of ours', type: 'secret' as const }
  const made = await addGroup(parts, 'zeta')
  await setVariable(parts, { kind: 'group', ...made }, variable, 'grace')
  const shop = await connectRepository(parts, 'github', hostRepository('2', 'zeta', 'shop', at.origin))
  const tools = await connectRepository(parts, 'github', hostRepository('3', 'Zeta', 'tools', at.origin))
  assert.deepEqual(await named(at), ['acme/shop', 'zeta-2/zeta-shop', 'zeta-2/tools'])
  assert.equal(shop?.groupId, tools?.groupId)

  // Its own group keeps its variables for its own, and not for who takes the name when they are gone.
  const own = { kind: 'group' as const, id: shop?.groupId ?? '', name: 'zeta-2' }
  await setVariable(parts, own, variable, 'grace')
  await connectRepository(parts, 'github', hostRepository('4', 'zeta', 'api', at.origin))
  assert.equal((await named(at)).at(-1), 'zeta-2/api')
  for (const { id, groupId } of await parts.store.list('repository'))
    if (groupId === own.id) await leaveRepository(parts, id)
  await connectRepository(parts, 'github', hostRepository('5', 'zeta', 'other', at.origin))
  assert.deepEqual(await named(at), ['acme/shop', 'zeta-3/other'])
  await parts.background.drained()
})
