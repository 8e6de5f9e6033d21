import assert from 'node:assert/strict'
import test from 'node:test'
import { catchUp, newMemory } from '../../../src/changes/catch-up.ts'
import { handleEvent } from '../../../src/changes/handle.ts'
import type { HostEvent } from '../../../src/hosts/event.ts'
import { addByHand } from '../../../src/repositories/by-hand.ts'
import { connectRepository } from '../../../src/repositories/connected.ts'
import { leaveRepository } from '../../../src/repositories/left.ts'
import { addGroup } from '../../../src/repositories/manage.ts'
import type { RepositoryType } from '../../../src/repositories/repository.ts'
import { bareRepository } from '../api/records.ts'
import { startApi } from '../api/service.ts'
import { GitHostWithChanges } from '../../fakes/git-host-with-changes.ts'
import { Origin } from '../../fakes/origin.ts'
import { hostRepository, openChanges } from '../changes/setting.ts'

test('one that a host has connected cannot be added by hand, however its address is written', async () => {
  const github = new GitHostWithChanges()
  await using service = await startApi({ hosts: { github } })
  using git = bareRepository(['main'])
  const given = {
    key: '7',
    owner: 'acme',
    name: 'shop',
    params: { origin: git.path, owner: 'acme', repo: 'shop', hostKey: '7' },
  }
  const connected = await connectRepository(service.parts, 'github', given)
  const { body } = await service.call('POST', '/api/groups', { name: 'team' })
  const { id: groupId } = body as { id: string }
  const add = (type: RepositoryType, origin: string) =>
    service.call('POST', `/api/group/${groupId}`, { name: 'mine', type, params: { origin } })
  for (const [type, origin] of [
    ['github', git.path],
    ['generic', git.path],
    ['generic', `file://${git.path}/`],
  ] as const) {
    const answer = await add(type, origin)
    assert.equal(answer.status, 409, origin)
    const { error } = answer.body as { error: string }
    assert.match(
      error,
      /^github has connected this repository already: it is acme\/shop \(\w{10}\); use that/,
    )
  }
  assert.equal((await service.parts.store.list('repository')).length, 1)

  await leaveRepository(service.parts, connected?.id ?? '')
  assert.equal((await add('generic', git.path)).status, 201, 'once it is deleted it can be added')
})

test('one that was added as plain git is left alone by its host, which says so once', async () => {
  await using at = await openChanges()
  const { parts, host } = at
  using origin = new Origin()
  origin.commit('main', { 'a.txt': 'one' })
  const group = await addGroup(parts, 'ours')
  const wish = { name: 'mine', type: 'generic', params: { origin: origin.dir } } as const
  const { id } = await addByHand(parts, group.id, wish)
  const place = hostRepository('9', 'acme', 'other', origin)
  host.given?.push(place)
  const told: HostEvent = { kind: 'repositories', appeared: [place], gone: [] }
  const decision = await handleEvent(parts, 'github', told, null)
  const why = `it is here already as ours/mine, added by hand as type generic, and stays as it is; to have it connected through its host instead: qaack repo delete ${id}`
  assert.equal(decision, `repository other: ignored: ${why}`)
  await catchUp(parts, newMemory())
  await catchUp(parts, newMemory())
  assert.equal(
    await handleEvent(parts, 'github', { kind: 'refs-changed', repository: place }, null),
    `ignored: ${why}`,
  )
  const names = async () => (await parts.store.list('repository')).map(({ name }) => name)
  assert.deepEqual(await names(), ['shop', 'mine'])
  const said = (await at.messages()).filter((message) => message.endsWith(why))
  assert.deepEqual(said, [`acme/other of github is not connected: ${why}`])

  await leaveRepository(parts, id)
  await catchUp(parts, newMemory())
  assert.deepEqual(await names(), ['shop', 'other'])
  await parts.background.drained()
})

test('by hand and by the host at the same moment it is one', async () => {
  await using at = await openChanges()
  using origin = new Origin()
  origin.commit('main', { 'a.txt': 'one' })
  const group = await addGroup(at.parts, 'ours')
  const place = hostRepository('9', 'acme', 'other', origin)
  const wish = { name: 'mine', type: 'github', params: { origin: origin.dir } } as const
  await Promise.allSettled([
    connectRepository(at.parts, 'github', place),
    addByHand(at.parts, group.id, wish),
  ])
  const there = await at.parts.store.list('repository')
  assert.deepEqual(
    there.filter(({ params }) => params.origin === origin.dir).map(({ params }) => params.hostKey),
    ['9'],
  )
  await at.parts.background.drained()
})
