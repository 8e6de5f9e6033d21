import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import test from 'node:test'
import { buildEnvironment } from '../../../src/environments/lifecycle.ts'
import { cloneEnvironment } from '../../../src/environments/clone.ts'
import { openChanges } from './setting.ts'

test('nothing of a fork is built before its commit is approved, and each push needs a new approval', async () => {
  await using at = await openChanges()
  const first = at.offer('12', { 'a.txt': 'one' }, { fork: true, author: 'mallory' })
  assert.match(await at.tell(first), /waits for approval: its code comes from a fork/)
  assert.deepEqual(await at.previews('12'), [])

  const approved = await at.say('12', `/qaack approve ${first.hash.slice(0, 9)}`)
  assert.equal(approved.reaction, 'done')
  await at.untilPreview('12', 'built')
  assert.ok((await at.messages('command')).some((one) => /from a fork, approved by alice$/.test(one)))

  const second = at.offer('12', { 'a.txt': 'two' }, { fork: true, author: 'mallory' })
  assert.match(await at.tell(second), /waits for approval: .*what alice approved was commit/)
  const running = await at.preview('12')
  assert.equal(running.state, 'built')
  assert.deepEqual(running.serving, { hash: first.hash, stale: true })

  for (const surprised of ['/qaack approve', `/qaack approve ${second.hash.slice(0, 7)}`]) {
    const refused = await at.say('12', surprised)
    assert.equal(refused.reaction, 'refused', 'who looked at the first commit may not know of the second')
    assert.match(refused.text, new RegExp(`/qaack approve ${second.hash}`))
  }
  const again = await at.say('12', `/qaack approve ${second.hash}`)
  assert.equal(again.reaction, 'done')
  await at.untilTrue(
    async () => (await at.preview('12')).serving?.hash === second.hash,
    'at the second commit',
  )
})

test('a minute after a push, a bare approval means that push', async () => {
  await using at = await openChanges()
  await at.tell(at.offer('12', { 'a.txt': 'one' }, { fork: true }))
  const second = at.offer('12', { 'a.txt': 'two' }, { fork: true })
  await at.tell(second)
  await at.clock.advance(60_000)
  assert.equal((await at.say('12', '/qaack approve')).reaction, 'done')
  await at.untilTrue(async () => (await at.change('12')).approved?.hash === second.hash, 'it is approved')
})

test('an approval is for one target: offered to another branch, the same commit waits again', async () => {
  await using at = await openChanges()
  at.origin.commit('next', { 'b.txt': 'another Qaackfile may be here' })
  const offered = at.offer('12', { 'a.txt': 'one' }, { fork: true })
  await at.tell(offered)
  await at.say('12', '/qaack approve')
  await at.untilPreview('12', 'built')
  const builds = (await at.preview('12')).builds
  assert.match(
    await at.tell(at.edit('12', { target: 'next' })),
    /waits for approval: .*approved was it for main/,
  )
  assert.equal((await at.preview('12')).builds, builds)
  assert.equal((await at.say('12', `/qaack approve ${offered.hash}`)).reaction, 'done')
  await at.untilTrue(async () => (await at.preview('12')).builds > builds, 'it is built for the other branch')
})

test('an approval counts for what is offered at that moment only', async () => {
  await using at = await openChanges()
  const first = at.offer('12', { 'a.txt': 'one' }, { fork: true })
  await at.tell(first)
  const pushed = at.offer('12', { 'a.txt': 'evil' }, { fork: true })
  for (const text of ['/qaack approve', `/qaack approve ${first.hash}`]) {
    const refused = await at.say('12', text)
    assert.equal(refused.reaction, 'refused')
    assert.match(refused.text, new RegExp(`newer commit, ${pushed.hash.slice(0, 7)}`))
  }
  assert.equal((await at.change('12')).approved, null)
  assert.deepEqual(await at.previews('12'), [])
})

test('the command that is shown means one commit only, not another with the same first digits', async () => {
  await using at = await openChanges()
  const trees = ['good', 'evil'].map((text) => {
    const { hash } = at.offer('12', { 'a.txt': text }, { fork: true })
    return at.origin.git('rev-parse', `${hash}^{tree}`).trim()
  })
  const [good = '', evil = ''] = twins(trees).map((content) => {
    const command = ['hash-object', '-t', 'commit', '-w', '--stdin']
    return execFileSync('git', command, { cwd: at.origin.dir, input: content }).toString().trim()
  })
  assert.equal(good.slice(0, 7), evil.slice(0, 7))
  at.origin.git('update-ref', 'refs/pull/12/head', good)
  await at.tell(at.edit('12', { hash: good }))
  const [shown = ''] = /\/qaack approve \w+/.exec((await at.change('12')).verdict?.why ?? '') ?? []

  at.origin.git('update-ref', 'refs/pull/12/head', evil)
  await at.tell(at.edit('12', { hash: evil }))
  assert.equal((await at.say('12', shown)).reaction, 'refused')
  assert.equal((await at.change('12')).approved, null)
  assert.deepEqual(await at.previews('12'), [])
})

test('only somebody who may write approves, and only what comes from a fork and is open', async () => {
  await using at = await openChanges()
  await at.tell(at.offer('12', { 'a.txt': 'one' }, { fork: true, author: 'mallory' }))
  const refused = await at.say('12', '/qaack approve', 'mallory')
  assert.equal(refused.reaction, 'refused')
  assert.match(refused.text, /only for people who may write/)
  assert.deepEqual(await at.previews('12'), [])

  await at.tell(at.offer('13', { 'a.txt': 'one' }))
  assert.match((await at.say('13', '/qaack approve')).text, /needs no approval/)
  await at.tell(at.edit('12', { state: 'closed' }))
  const late = await at.say('12', '/qaack approve')
  assert.equal(late.reaction, 'refused')
  assert.match(late.text, /^The change was closed\.$/)
})

test('no other way leads round the approval', async () => {
  await using at = await openChanges()
  const first = at.offer('12', { 'a.txt': 'one' }, { fork: true })
  await at.tell(first)
  for (const text of ['/qaack build', '/qaack rebuild', '/qaack clone']) {
    const refused = await at.say('12', text)
    assert.equal(refused.reaction, 'refused', text)
  }
  await at.say('12', '/qaack approve')
  const { id } = await at.untilPreview('12', 'built')
  const second = at.offer('12', { 'a.txt': 'evil' }, { fork: true })
  await at.tell(second)
  assert.equal((await at.say('12', '/qaack rebuild')).reaction, 'refused')
  assert.match((await at.say('12', '/qaack clone')).text, /not approved/)
  // Those who have a token of this server see the environments themselves.
  await buildEnvironment(at.parts, id)
  assert.match((await at.untilPreview('12', 'failed')).reason, /nobody who may write here has approved/)
  const clone = await cloneEnvironment(at.parts, id)
  await at.untilTrue(
    async () => (await at.parts.store.get('environment', clone.id))?.state === 'failed',
    'a clone that failed',
  )
  const createdOf = (one: string) =>
    at.engine.calls.filter((call) => call.startsWith('create ') && call.includes(one)).length
  assert.deepEqual([createdOf(id), createdOf(clone.id)], [2, 0])
})

test('an approval that comes while the git host cannot be reached counts all the same', async () => {
  await using at = await openChanges()
  const first = at.offer('12', { 'a.txt': 'one' }, { fork: true })
  await at.tell(first)
  const pushed = at.offer('12', { 'a.txt': 'two' }, { fork: true })
  at.origin.git('update-ref', '-d', 'refs/pull/12/head')
  const said = await at.say('12', `/qaack approve ${pushed.hash}`)
  assert.equal(said.reaction, 'done')
  assert.match(said.text, /may be built.*But .*Comment `\/qaack build` to try again/s)
  at.origin.git('update-ref', 'refs/pull/12/head', pushed.hash)
  assert.equal((await at.say('12', '/qaack build')).reaction, 'done')
  await at.untilPreview('12', 'built')
})

test('a quick action in what runs of an older approval is refused with the reason', async () => {
  await using at = await openChanges()
  await at.tell(at.offer('12', { 'a.txt': 'one' }, { fork: true }))
  await at.say('12', '/qaack approve')
  await at.untilPreview('12', 'built')
  // Another commit was approved, and its build has not begun yet.
  const change = await at.change('12')
  const approved = change.approved && { ...change.approved, hash: 'b'.repeat(40) }
  await at.parts.store.commit([{ save: 'change', record: { ...change, approved } }])
  const said = await at.say('12', '/qaack run greet')
  await at.parts.background.drained()
  assert.equal(said.answers().at(-1)?.reaction, 'refused')
  assert.match(said.answers().at(-1)?.text ?? '', /comes from a fork, and nobody who may write here/)
})

/** Two commits, one of each tree, whose hashes begin with the same seven digits: some ten thousand tries. */
function twins([one = '', other = '']: string[]): string[] {
  const contentOf = (tree: string, second: number) =>
    `tree ${tree}\nauthor M <m@example.com> 1 +0000\ncommitter M <m@example.com> ${second} +0000\n\nwork\n`
  const digitsOf = (content: string) =>
    createHash('sha1').update(`commit ${content.length}\0${content}`).digest('hex').slice(0, 7)
  const known = new Map<string, string>()
  for (let second = 1; ; second += 1) {
    const content = contentOf(one, second)
    known.set(digitsOf(content), content)
    const twin = contentOf(other, second)
    const match = known.get(digitsOf(twin))
    if (match !== undefined) return [match, twin]
  }
}
