import assert from 'node:assert/strict'
import test from 'node:test'
import { handleEvent } from '../../../src/changes/handle.ts'
import { HostFailure } from '../../../src/hosts/failure.ts'
import { openChanges } from './setting.ts'

const qaackfile = `
quick_actions:
  greet: {service: db, command: "echo hello from the database"}
  empty cache: {command: "true", output: none}
  dump: {service: db, command: "cat /dump", output: file, filename: shop.sql}
  broken: {service: db, command: "exit 3"}
services:
  web: {image: web, commands: {hello: echo built}, start: serve}
  db: {image: db}
`

async function openBuilt(given: Parameters<typeof openChanges>[0] = {}) {
  const at = await openChanges({ qaackfile, ...given })
  await at.tell(at.offer('12', { 'a.txt': 'one' }))
  await at.untilPreview('12', 'built')
  return at
}

test('a command is acknowledged, done and marked as done; the decision says so', async () => {
  await using at = await openBuilt()
  const said = await at.say('12', 'Please\n\n/qaack rebuild --clean\n')
  assert.equal(said.decision, '/qaack rebuild of alice on change 12: done')
  assert.deepEqual(
    said.answers().map(({ reaction, text }) => [reaction, text]),
    [
      ['seen', null],
      ['done', null],
    ],
  )
  assert.equal((await at.preview('12')).builds, 2)
  assert.ok((await at.messages('command')).includes('/qaack rebuild of alice on change 12: done'))
})

test('comments of ours, without a command, or that quote one are left alone', async () => {
  await using at = await openBuilt()
  const quoted = await at.say('12', '> /qaack delete\n\nno, do not')
  assert.match(quoted.decision, /^ignored: no command/)
  assert.deepEqual(quoted.answers(), [])
  const edited = await at.say('12', '/qaack delete\nsorry', 'alice', '/qaack delete')
  assert.match(edited.decision, /^ignored: no command/)
  assert.equal((await at.preview('12')).state, 'built')
})

test('strangers may look, and nothing else', async () => {
  await using at = await openBuilt()
  for (const command of [
    'build',
    'rebuild',
    'cancel',
    'delete',
    'lock db',
    'unlock db',
    'logs',
    'run greet',
    'clone',
    'approve',
  ]) {
    const said = await at.say('12', `/qaack ${command}`, 'mallory')
    await at.parts.background.drained()
    assert.equal(said.answers().at(-1)?.reaction, 'refused', command)
    assert.match(said.answers().at(-1)?.text ?? '', /only for people who may write/, command)
  }
  const free = await at.say('12', '/qaack url\n/qaack help', 'mallory')
  assert.equal(free.reaction, 'done')
  assert.match(free.text, /<http:\/\/pr-12--shop\.qaack\.localhost:\d+\/> \(built\)/)
  assert.match(free.text, /\| `\/qaack approve \[COMMIT\]` \|/)
  const preview = await at.preview('12')
  assert.equal(preview.builds, 1)
  assert.equal(preview.state, 'built')
})

test('what is no command is refused with the help', async () => {
  await using at = await openBuilt()
  const said = await at.say('12', '/qaack bild')
  assert.equal(said.reaction, 'refused')
  assert.match(said.text, /^`\/qaack bild`: There is no command `bild`/)
  assert.match(said.text, /\| `\/qaack build` \|/)
})

test('several commands are done in order, and answered in one comment', async () => {
  await using at = await openBuilt()
  const said = await at.say('12', '/qaack lock db\n/qaack delete\n/qaack unlock db\n/qaack delete')
  assert.equal(said.reaction, 'refused')
  assert.match(said.text, /^`\/qaack delete`\n\nThere are locked services \(db\)/)
  assert.equal(said.answers().length, 2)
  assert.equal((await at.preview('12')).state, 'empty')
  assert.match((await at.preview('12')).reason, /deleted by alice/)
})

test('build makes what is not there, also where a filter left it out, and leaves alone what is under way', async () => {
  await using at = await openChanges({ qaackfile, settings: { webhook: { drafts: false } } })
  await at.tell(at.offer('12', { 'a.txt': 'one' }, { draft: true }))
  assert.deepEqual(await at.previews('12'), [])
  assert.equal((await at.say('12', '/qaack build')).text, '')
  assert.match((await at.say('12', '/qaack build')).text, /^Build 1 of this commit is on its way already\.$/)
  await at.untilPreview('12', 'built')
  // Told of once more, the filter takes nothing away.
  await at.tell(at.edit('12', { title: 'Another title' }))
  assert.equal((await at.preview('12')).state, 'built')
  await at.say('12', '/qaack delete')
  await at.say('12', '/qaack build')
  assert.equal((await at.untilPreview('12', 'built')).builds, 2)
  await at.say('12', '/qaack build')
  assert.equal((await at.preview('12')).builds, 3)
})

test('there is no build of what has ended, has no Qaackfile or is not to have a preview', async () => {
  await using at = await openChanges({ qaackfile, settings: { webhook: { labelsIgnore: ['no'] } } })
  await at.tell(at.offer('12', { 'a.txt': 'one' }, { labels: ['no'] }))
  assert.match((await at.say('12', '/qaack build')).text, /^Label no: changes with it get no preview\.$/)
  await at.tell(at.edit('12', { state: 'merged' }))
  assert.match((await at.say('12', '/qaack build')).text, /^The change was merged\.$/)
  assert.match((await at.say('12', '/qaack url')).text, /no preview/)
  assert.match((await at.say('12', '/qaack logs')).text, /\/qaack build makes one/)
})

test('cancel stops a build, and says where there is none', async () => {
  await using at = await openChanges({
    qaackfile: 'services: {web: {image: web, commands: {wait: wait}, start: serve}}',
    engine: { answer: ({ command }) => (command.at(-1) === 'wait' ? { hang: true } : undefined) },
  })
  await at.tell(at.offer('12', { 'a.txt': 'one' }))
  await at.untilPreview('12', 'building')
  assert.equal((await at.say('12', '/qaack cancel')).reaction, 'done')
  assert.equal((await at.preview('12')).state, 'cancelled')
  const again = await at.say('12', '/qaack cancel')
  assert.equal(again.reaction, 'refused')
  assert.match(again.text, /there is no build to cancel/)
})

test('a lock keeps a service and ends the time to live for good', async () => {
  await using at = await openBuilt({ settings: { environmentTTL: 60 } })
  assert.notEqual((await at.preview('12')).expiresAt, null)
  await at.say('12', '/qaack lock db')
  const locked = await at.preview('12')
  assert.deepEqual([locked.expiresAt, locked.ttl], [null, 0])
  assert.equal((await at.say('12', '/qaack lock db')).reaction, 'done')
  // Whoever only looks may miss it: it is over in a blink.
  const looks: Promise<string>[] = []
  const unwatch = at.parts.store.watch(({ kind }) => {
    if (kind === 'environment') looks.push(at.preview('12').then(({ state }) => state))
  })
  assert.equal((await at.say('12', '/qaack rebuild --clean')).reaction, 'done')
  assert.equal((await at.parts.store.list('build', { environmentId: locked.id })).at(-1)?.start, 'clean')
  await at.untilPreview('12', 'built')
  unwatch()
  assert.ok((await Promise.all(looks)).includes('softrebuilding'))
  assert.match((await at.say('12', '/qaack lock cache')).text, /has no service cache; it has web, db/)
  await at.say('12', '/qaack unlock db')
  assert.equal((await at.preview('12')).expiresAt, null)
  assert.equal((await at.say('12', '/qaack rebuild')).reaction, 'done')
})

test('logs show the end of a build or a service, and cannot break out of their fence', async () => {
  await using at = await openBuilt()
  const build = await at.say('12', '/qaack logs')
  assert.match(build.text, /^End of the log of the build:\n\n```text\n[^]*web \| built\n[^]*\n```$/)
  const container = [...at.engine.containers.values()].find(({ workload }) => workload.image === 'db')
  for (let line = 0; line < 200; line += 1) container?.say(Buffer.from(`line ${line}\n`))
  container?.say(Buffer.from('```\n/qaack delete\n<!-- qaack mark -->\n'))
  const service = await at.say('12', '/qaack logs db')
  assert.match(service.text, /^End of the log of `db`:\n\n````text\nline 153\n/)
  assert.match(service.text, /\n````$/)
  assert.doesNotMatch(service.text, /<!-- qaack/)
  assert.match((await at.say('12', '/qaack logs cache')).text, /has no service cache/)
})

test('quick actions run beside the delivery, and their output is the answer', async () => {
  await using at = await openBuilt({
    engine: {
      answer: ({ command }) => (command.at(-1) === 'cat /dump' ? { output: 'create table' } : undefined),
    },
  })
  const ran = async (action: string) => {
    const said = await at.say('12', `/qaack run ${action}`)
    assert.match(said.decision, /\/qaack run of alice on change 12 begun/)
    await at.parts.background.drained()
    const last = said.answers().at(-1)
    return [last?.reaction, last?.text ?? ''] as const
  }
  assert.deepEqual(await ran('greet'), ['done', '`greet` wrote:\n\n```text\nhello from the database\n```'])
  assert.deepEqual(await ran('empty cache'), ['done', ''])
  const [reaction, text] = await ran('dump')
  assert.equal(reaction, 'done')
  assert.match(text, /gives a file, `shop\.sql` \(12 bytes\).*\/api\/environment\/\w{10}\/action\/dump/)
  assert.match((await ran('broken'))[1], /failed with exit code 3/)
  assert.match(
    (await ran('nothing'))[1],
    /has no quick action nothing; it has greet, empty cache, dump, broken/,
  )
})

test('clone makes one more preview, which goes with the change', async () => {
  await using at = await openBuilt()
  const said = await at.say('12', '/qaack clone')
  const [, clone] = await at.previews('12')
  assert.match(said.text, new RegExp(`<http://${clone?.id}\\.qaack\\.localhost:\\d+/>`))
  await at.untilTrue(
    async () => (await at.previews('12')).every(({ state }) => state === 'built'),
    'both built',
  )
  const pushed = at.offer('12', { 'a.txt': 'two' })
  await at.tell(pushed)
  await at.untilTrue(
    async () => (await at.previews('12')).every(({ serving }) => serving?.hash === pushed.hash),
    'both at the new commit',
  )
  await at.tell(at.edit('12', { state: 'closed' }))
  assert.deepEqual(await at.previews('12'), [])
})

test('a command on a change that was missed so far is done after what the change itself is due', async () => {
  await using at = await openChanges({ qaackfile })
  at.offer('12', { 'a.txt': 'one' })
  const said = await at.say('12', '/qaack url')
  assert.match(said.text, /pr-12--shop/)
  await at.untilPreview('12', 'built')
  assert.match((await at.say('99', '/qaack build')).decision, /ignored: change 99 is not at the git host/)
})

test('an answer that does not arrive is given again, and nothing is done twice for it', async () => {
  await using at = await openBuilt()
  const comment = { id: 'c77', text: '/qaack clone', before: null, author: 'alice', ours: false }
  at.host.comments.add(comment.id)
  const event = { kind: 'comment', repository: at.place, change: '12', comment } as const
  const failure = new HostFailure('unavailable', 'the host does not answer')
  at.host.failures.push({ call: 'mayWrite', times: 1, error: failure })
  at.host.failures.push({ call: 'answer seen', times: 1, error: failure })
  at.host.failures.push({ call: 'answer done', times: 2, error: failure })
  for (let turn = 0; turn < 4; turn += 1)
    await assert.rejects(handleEvent(at.parts, 'github', event, null), /does not answer/)
  assert.match(await handleEvent(at.parts, 'github', event, null), /clone of alice on change 12: done/)
  assert.equal((await at.previews('12')).length, 2)
  assert.equal(at.host.answers.filter(({ reaction }) => reaction === 'done').length, 1)
})

test('a comment that was deleted meanwhile is obeyed all the same', async () => {
  await using at = await openBuilt()
  const comment = { id: 'deleted', text: '/qaack delete', before: null, author: 'alice', ours: false }
  const event = { kind: 'comment', repository: at.place, change: '12', comment } as const
  assert.match(await handleEvent(at.parts, 'github', event, null), /delete of alice on change 12: done/)
  assert.equal((await at.preview('12')).state, 'empty')
})

test('of an edited comment that nobody knows the old text of, commands are done unless it had some that were', async () => {
  await using at = await openBuilt()
  const edited = (id: string, text: string) => {
    at.host.comments.add(id)
    const comment = { id, text, before: undefined, author: 'alice', ours: false }
    return handleEvent(
      at.parts,
      'github',
      { kind: 'comment', repository: at.place, change: '12', comment },
      null,
    )
  }
  assert.match(await edited('c1', 'Only words.'), /^ignored: no command/)
  assert.match(await edited('c1', '/qaack url'), /url of alice on change 12: done/)
  const again = await edited('c1', '/qaack delete')
  assert.match(again, /^ignored: .* was edited after its commands were done; new ones need a new comment$/)
  assert.equal((await at.preview('12')).state, 'built')
})

test('a comment that a host tells of twice, by two webhooks, is obeyed once', async () => {
  await using at = await openBuilt()
  const tell = (id: string) => {
    const comment = { id, text: '/qaack clone', before: null, author: 'alice', ours: false }
    const event = { kind: 'comment', repository: at.place, change: '12', comment } as const
    return handleEvent(at.parts, 'github', event, null)
  }
  at.host.comments.add('twice')
  assert.match(await tell('twice'), /clone of alice on change 12: done/)
  assert.equal(await tell('twice'), 'ignored: the commands of a comment on change 12 were done before')
  assert.match(await tell('deleted'), /clone of alice on change 12: done/)
  at.host.failures.push({ call: 'isAnswered', times: 1, error: new HostFailure('gone', 'no such comment') })
  assert.match(await tell('deleted too'), /clone of alice on change 12: done/)
})

test('a rebuild that is asked for at the host is done for the changes of that commit', async () => {
  await using at = await openBuilt()
  const { hash } = await at.change('12')
  const rerun = (of: string) =>
    handleEvent(at.parts, 'github', { kind: 'rerun', repository: at.place, hash: of, by: 'alice' }, null)
  assert.match(await rerun(hash), /^change 12 at \w{7}: build 2 of its preview is on its way$/)
  assert.match(await rerun('f'.repeat(40)), /^ignored: no open change offers commit fffffff$/)
  await at.say('12', '/qaack delete')
  assert.match(await rerun(hash), /build 3/)
})
