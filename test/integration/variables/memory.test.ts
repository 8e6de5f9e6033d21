import assert from 'node:assert/strict'
import test from 'node:test'
import { addGroup } from '../../../src/repositories/manage.ts'
import { removeVariable, setVariable, variablesOf } from '../../../src/variables/keep.ts'
import { maskerFor } from '../../../src/variables/masker-for.ts'
import { ManualClock } from '../../fakes/clock.ts'
import { FakeEngine } from '../../fakes/engine.ts'
import { makeParts } from '../../fakes/parts.ts'
import { insertRepository } from '../api/records.ts'

const day = 86_400_000

async function openMemory() {
  const clock = new ManualClock()
  const parts = await makeParts({ engine: new FakeEngine(), clock })
  const group = await addGroup(parts, 'acme')
  const repository = await insertRepository(parts, { groupId: group.id })
  const owner = { kind: 'repository', id: repository.id, name: 'shop' } as const
  return {
    clock,
    parts,
    owner,
    ofGroup: { kind: 'group', id: group.id, name: 'acme' } as const,
    secret: (value: string, whose: Parameters<typeof setVariable>[1] = owner) =>
      setVariable(parts, whose, { name: 'KEY', value, type: 'secret' }, 'grace'),
    shown: async (text: string) => (await maskerFor(parts, repository)).text(text),
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  }
}

test('a secret that was replaced is hidden for 90 days, and the present one for ever', async () => {
  await using at = await openMemory()
  await at.secret('first-one')
  await at.clock.advance(10 * day)
  await at.secret('second-one')
  assert.equal(await at.shown('first-one second-one'), '••• •••')
  await at.clock.advance(90 * day - 1)
  assert.equal(await at.shown('first-one second-one'), '••• •••')
  await at.clock.advance(1)
  assert.equal(await at.shown('first-one second-one'), 'first-one •••')
})

test('so is one that was deleted or became a text, also of the group, and none is left in the record after that', async () => {
  await using at = await openMemory()
  await at.secret('of-repository')
  await at.secret('of-group', at.ofGroup)
  await removeVariable(at.parts, at.owner, 'KEY', 'grace')
  await setVariable(at.parts, at.ofGroup, { name: 'KEY', value: 'of-group' }, 'grace')
  assert.deepEqual(await variablesOf(at.parts, at.owner.id), [])
  assert.equal(await at.shown('of-repository of-group'), '••• •••')
  await at.clock.advance(90 * day)
  assert.equal(await at.shown('of-repository of-group'), 'of-repository of-group')
  await at.secret('newest-one')
  const [record] = await at.parts.store.list('variable', { ownerId: at.owner.id })
  assert.deepEqual([record?.removedAt, record?.former], [undefined, []])
})

test('one that is deleted and set again keeps what it was before, and a text that is deleted leaves nothing', async () => {
  await using at = await openMemory()
  await at.secret('first-one')
  await removeVariable(at.parts, at.owner, 'KEY', 'grace')
  const { isNew } = await at.secret('second-one')
  assert.equal(isNew, true)
  assert.equal(await at.shown('first-one second-one'), '••• •••')
  await setVariable(at.parts, at.ofGroup, { name: 'LOG', value: 'debug' }, 'grace')
  await removeVariable(at.parts, at.ofGroup, 'LOG', 'grace')
  assert.deepEqual(await at.parts.store.list('variable', { ownerId: at.ofGroup.id }), [])
})

test('of one name the last twenty are remembered', async () => {
  await using at = await openMemory()
  for (let count = 10; count <= 31; count += 1) await at.secret(`secret-${count}`)
  assert.equal(await at.shown('secret-10 secret-11 secret-30 secret-31'), 'secret-10 ••• ••• •••')
})

test('with another secret_key than they were sealed with, each can be set or deleted, and then all is well', async () => {
  await using at = await openMemory()
  await at.secret('first-one')
  await at.secret('of-the-key-that-is-lost')
  await at.secret('of-group', at.ofGroup)
  at.parts.secretKey = 'another key'
  await assert.rejects(at.shown(''), /set or delete each variable that it sealed/)
  await setVariable(at.parts, at.owner, { name: 'LOG', value: 'debug' }, 'grace')
  await at.secret('present-one')
  await removeVariable(at.parts, at.ofGroup, 'KEY', 'grace')
  assert.equal(await at.shown('present-one'), '•••')
})

test('what was deleted before the loss of secret_key is forgotten with the next variable that is set or deleted', async () => {
  await using at = await openMemory()
  await at.secret('deleted-before')
  await removeVariable(at.parts, at.owner, 'KEY', 'grace')
  await at.secret('of-group', at.ofGroup)
  await removeVariable(at.parts, at.ofGroup, 'KEY', 'grace')
  at.parts.secretKey = 'another key'
  await assert.rejects(at.shown(''), /forgets those that were deleted/)
  const other = { name: 'OTHER', value: 'other-secret', type: 'secret' } as const
  await setVariable(at.parts, at.owner, other, 'grace')
  await setVariable(at.parts, at.ofGroup, { name: 'OTHER', value: 'any' }, 'grace')
  assert.equal(await at.shown('other-secret'), '•••')
  await removeVariable(at.parts, at.owner, 'OTHER', 'grace')
  assert.equal(await at.shown('other-secret'), '•••')
})
