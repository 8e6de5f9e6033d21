import assert from 'node:assert/strict'
import test from 'node:test'
import { handleEvent } from '../../../src/changes/handle.ts'
import type { Parts } from '../../../src/parts.ts'
import type { Change } from '../../../src/stores/store.ts'
import { openChanges } from './setting.ts'

type Setting = Awaited<ReturnType<typeof openChanges>>

async function openBuilt(): Promise<Setting> {
  const at = await openChanges()
  await at.tell(at.offer('12', { 'a.txt': 'one' }))
  await at.untilPreview('12', 'built')
  return at
}

/** A server of its own on the same store, which is killed before a write for which `when` is true. */
function server({ parts }: Setting, when: (change: Change) => boolean = () => false): Parts {
  const { store } = parts
  const commit = (changes: Change[]) =>
    changes.some(when) ? Promise.reject(new Error('killed')) : store.commit(changes)
  return { ...parts, store: { ...store, commit } }
}

const isCommandNote = (change: Change) => 'event' in change && change.event.kind === 'command'

function say(
  at: Setting,
  by: Parts,
  id: string,
  text: string,
  given: { before?: string; delivery?: string } = {},
): Promise<string> {
  at.host.comments.add(id)
  const { before = null, delivery = null } = given
  const comment = { id, text, before, author: 'alice', ours: false }
  const event = { kind: 'comment', repository: at.place, change: '12', comment } as const
  return handleEvent(by, 'github', event, null, delivery)
}

test('commands of a server that was killed before it answered are not done twice, and answered by the next one', async () => {
  await using at = await openBuilt()
  const failing = server(at)
  const answer = at.host.changes.answer.bind(at.host.changes)
  at.host.changes.answer = (repository, given) =>
    given.reaction === 'seen' ? answer(repository, given) : Promise.reject(new Error('killed'))
  await assert.rejects(say(at, failing, 'one', '/qaack clone\n/qaack lock db'), /killed/)
  at.host.changes.answer = answer
  assert.equal((await at.previews('12')).length, 2)
  assert.equal((await at.change('12')).commands?.length, 1)

  const decision = await say(at, server(at), 'one', '/qaack clone\n/qaack lock db')
  assert.equal(decision, '/qaack clone, /qaack lock of alice on change 12: done')
  assert.equal((await at.previews('12')).length, 2)
  assert.match(at.host.answers.at(-1)?.text ?? '', /One more preview of this change is being made/)
  assert.deepEqual((await at.change('12')).commands, [])
})

test('a command that must not be done twice is left out if nobody knows whether it was done', async () => {
  await using at = await openBuilt()
  await assert.rejects(say(at, server(at, isCommandNote), 'one', '/qaack clone'), /killed/)
  assert.equal((await at.previews('12')).length, 2)
  assert.equal(
    await say(at, server(at), 'one', '/qaack clone'),
    '/qaack clone of alice on change 12: 1 of 1 refused',
  )
  assert.equal((await at.previews('12')).length, 2)
  assert.match(at.host.answers.at(-1)?.text ?? '', /^The server ended while this was being done/)
})

test('what may be done twice is done again', async () => {
  await using at = await openBuilt()
  await assert.rejects(say(at, server(at, isCommandNote), 'one', '/qaack lock db'), /killed/)
  assert.equal(await say(at, server(at), 'one', '/qaack lock db'), '/qaack lock of alice on change 12: done')
  assert.ok((await at.preview('12')).services.find(({ name }) => name === 'db')?.locked)
})

test('a delivery that is handled once more after its comment was answered, edited or not, does nothing more', async () => {
  await using at = await openBuilt()
  const done = '/qaack clone of alice on change 12: done'
  for (const [id, before] of [['new'], ['edited', 'hello']] as const) {
    const again = () =>
      say(at, server(at), id, '/qaack clone', { ...(before ? { before } : {}), delivery: `of ${id}` })
    const previews = (await at.previews('12')).length
    assert.equal(await again(), done)
    const answers = at.host.answers.length
    assert.equal(await again(), 'ignored: the commands of a comment on change 12 were done before')
    assert.equal((await at.previews('12')).length, previews + 1)
    assert.equal(at.host.answers.length, answers)
  }
  // Somebody takes the command out and puts it in again.
  const wish = { before: 'hello', delivery: 'of the third edit' }
  assert.equal(await say(at, server(at), 'edited', '/qaack clone', wish), done)
  const change = await at.change('12')
  assert.equal(change.commands?.length, 3)
  const commands = change.commands.map((one) => ({ ...one, at: one.at - 8 * 24 * 60 * 60_000 }))
  await at.parts.store.commit([{ save: 'change', record: { ...change, commands } }])
  await say(at, server(at), 'later', '/qaack url', { delivery: 'of later' })
  assert.equal((await at.change('12')).commands?.length, 1)
})
