import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openDesk, type Desk } from './desk.ts'

let desk: Desk
let mark = ''
let marks = 0
before(async () => {
  desk = await openDesk()
})
after(() => desk.gitlab[Symbol.asyncDispose]())
beforeEach(() => {
  mark = `mark-${(marks += 1)}`
})

function say(body: string, handle: string | null = null): Promise<string> {
  const item = { kind: 'comment', change: desk.change, mark, body } as const
  return desk.changes.publish(desk.repository, item, handle)
}

/** Texts of the notes that bear the mark, without it. */
async function said(): Promise<string[]> {
  const all = await desk.ada.comments(Number(desk.change))
  const first = `<!-- qaack ${mark} -->\n`
  const bodies = all.map(({ body }) => String(body))
  return bodies.filter((body) => body.startsWith(first)).map((body) => body.slice(first.length))
}

describe('the note of a change', () => {
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

  test('is not doubled when the answer to its making was lost', async () => {
    desk.loseOnce('POST', /\/notes$/)
    await assert.rejects(say('one'), { name: 'HostFailure', kind: 'unavailable' })
    await say('one')
    assert.deepEqual(await said(), ['one'])
  })

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
    await say('words\n'.repeat(200_000))
    assert.match((await said())[0] ?? '', /the rest was left out\._$/)
  })

  test('has no line that GitLab would obey, and is not edited for that', async () => {
    const text = 'log\n````\n```\n/merge\n````\n/close'
    const handle = await say(text)
    assert.deepEqual(await said(), ['log\n````\n```\n /merge\n````\n /close'])
    const before = desk.gitlab.requests.length
    assert.equal(await say(text), handle)
    const since = desk.gitlab.requests.slice(before).map(({ method }) => method)
    assert.deepEqual(since, ['GET'])
  })

  test('on a change that is not there is refused as gone', async () => {
    const item = { kind: 'comment', change: '999', mark, body: 'x' } as const
    await assert.rejects(desk.changes.publish(desk.repository, item, null), { kind: 'gone' })
  })
})

describe('a note of somebody', () => {
  async function awards(id: number): Promise<unknown[]> {
    const path = `/projects/42/merge_requests/${desk.change}/notes/${id}/award_emoji`
    return ((await desk.ada.api('GET', path)) as { name: string }[]).map(({ name }) => name)
  }

  test('is acknowledged and answered once, however often', async () => {
    const id = await desk.ada.comment(Number(desk.change), '/qaack logs')
    const answer = { change: desk.change, commentId: String(id) }
    await desk.changes.answer(desk.repository, { ...answer, reaction: 'seen', text: null })
    for (let time = 0; time < 2; time += 1)
      await desk.changes.answer(desk.repository, { ...answer, reaction: 'refused', text: 'not so' })
    assert.deepEqual(await awards(id), ['eyes', 'confused'])
    mark = `answer ${id}`
    assert.deepEqual(await said(), ['not so'])
  })

  test('is acknowledged once by two at the same time, and when the answer was lost', async () => {
    const id = await desk.ada.comment(Number(desk.change), '/qaack')
    const answer = { change: desk.change, commentId: String(id), reaction: 'done', text: null } as const
    desk.loseOnce('POST', /award_emoji/)
    await assert.rejects(desk.changes.answer(desk.repository, answer), { kind: 'unavailable' })
    await desk.changes.answer(desk.repository, answer)
    const seen = { ...answer, reaction: 'seen' } as const
    await Promise.all([
      desk.changes.answer(desk.repository, seen),
      desk.changes.answer(desk.repository, seen),
    ])
    assert.deepEqual(await awards(id), ['rocket', 'eyes'])
  })

  test('that somebody else awarded is awarded by us as well', async () => {
    const id = await desk.ada.comment(Number(desk.change), '/qaack')
    await desk.ada.api('POST', `/projects/42/merge_requests/${desk.change}/notes/${id}/award_emoji`, {
      name: 'eyes',
    })
    const answer = { change: desk.change, commentId: String(id), reaction: 'seen', text: null } as const
    await desk.changes.answer(desk.repository, answer)
    assert.deepEqual(await awards(id), ['eyes', 'eyes'])
  })

  test('that is gone cannot be answered', async () => {
    const answer = { change: desk.change, commentId: '99999', reaction: 'done', text: null } as const
    await assert.rejects(desk.changes.answer(desk.repository, answer), { name: 'HostFailure', kind: 'gone' })
  })
})

// Near the end: to compare, only the first page is read here.
describe('a note', () => {
  test('of ours is found among hundreds', async () => {
    const handle = await say('one')
    for (let n = 0; n < 110; n += 1) await desk.ada.comment(Number(desk.change), `talk ${n}`)
    mark = `${mark}-later`
    const later = await say('three')
    assert.equal(await say('four'), later)
    assert.notEqual(later, handle)
  })
})

test('all that was asked is as GitLab describes its API', () => {
  assert.deepEqual(desk.faults(), [])
})
