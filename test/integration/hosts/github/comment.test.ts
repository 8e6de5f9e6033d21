import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { disturbOnce, openDesk, type Desk } from './desk.ts'

let desk: Desk
let mark = ''
let marks = 0
before(async () => {
  desk = await openDesk()
})
after(() => desk.github.close())
beforeEach(() => {
  desk.github.faults = undefined
  mark = `mark-${(marks += 1)}`
})

function say(body: string, handle: string | null = null): Promise<string> {
  const item = { kind: 'comment', change: desk.change, mark, body } as const
  return desk.changes.publish(desk.repository, item, handle)
}

/** Texts of the comments that bear the mark, without it. */
async function said(): Promise<string[]> {
  const all = await desk.ada.comments(Number(desk.change))
  const [first, last] = [`<!-- qaack ${mark} -->`, '\n']
  return all
    .map(({ body }) => String(body))
    .filter((body) => body.startsWith(first))
    .map((body) => body.slice(first.length + last.length))
}

const creation = ({ method, path }: { method: string; path: string }) =>
  method === 'POST' && path.endsWith('/comments')

describe('the comment of a change', () => {
  test('is made once and edited after that', async () => {
    const handle = await say('one')
    assert.equal(await say('two', handle), handle)
    assert.deepEqual(await said(), ['two'])
  })

  test('is found again without its handle', async () => {
    const handle = await say('one')
    assert.equal(await say('two'), handle)
    assert.deepEqual(await said(), ['two'])
  })

  test('is made again after somebody deleted it', async () => {
    const handle = await say('one')
    await desk.ada.deleteComment(Number(handle))
    assert.notEqual(await say('two', handle), handle)
    assert.deepEqual(await said(), ['two'])
  })

  for (const kind of ['done-then-drop', 'server-error', 'bad-gateway'] as const) {
    test(`is not doubled when the answer to its making was ${kind}`, async () => {
      disturbOnce(desk.github, kind, creation)
      await assert.rejects(say('one'), { name: 'HostFailure', kind: 'unavailable' })
      await say('one')
      assert.deepEqual(await said(), ['one'])
    })
  }

  test('that was made twice at the same time stays once', async () => {
    const handles = await Promise.all([say('same'), say('same'), say('same')])
    await say('same', handles[0])
    assert.deepEqual(await said(), ['same'])
    assert.equal(await say('last'), await say('last'))
    assert.deepEqual(await said(), ['last'])
  })

  test('of somebody else with our mark is left alone', async () => {
    await desk.ada.comment(Number(desk.change), `<!-- qaack ${mark} -->\nfake`)
    await say('true')
    assert.deepEqual(await said(), ['fake', 'true'])
  })

  test('that is too long is cut', async () => {
    await say('words\n'.repeat(20_000))
    assert.match((await said())[0] ?? '', /the rest was left out\._$/)
  })
})

describe('a comment of somebody', () => {
  async function reactions(id: number): Promise<unknown[]> {
    const path = `/repos/acme/shop/issues/comments/${id}/reactions`
    return ((await desk.ada.api('GET', path)) as { content: string }[]).map(({ content }) => content)
  }

  test('is acknowledged and answered once, however often', async () => {
    const id = await desk.ada.comment(Number(desk.change), '/qaack logs')
    const answer = { change: desk.change, commentId: String(id) }
    await desk.changes.answer(desk.repository, { ...answer, reaction: 'seen', text: null })
    for (let time = 0; time < 2; time += 1)
      await desk.changes.answer(desk.repository, { ...answer, reaction: 'refused', text: 'not so' })
    assert.deepEqual(await reactions(id), ['eyes', 'confused'])
    mark = `answer ${id}`
    assert.deepEqual(await said(), ['not so'])
  })

  test('that is gone cannot be answered', async () => {
    const answer = { change: desk.change, commentId: '99999', reaction: 'done', text: null } as const
    await assert.rejects(desk.changes.answer(desk.repository, answer), { name: 'HostFailure', kind: 'gone' })
  })
})

// The last one: to compare, only the first page is read here.
describe('a comment', () => {
  test('of ours is found among hundreds', async () => {
    const handle = await say('one')
    for (let n = 0; n < 120; n += 1) await desk.ada.comment(Number(desk.change), `talk ${n}`)
    assert.equal(await say('two'), handle)
    mark = `${mark}-later`
    const later = await say('three')
    assert.equal(await say('four'), later)
  })
})
