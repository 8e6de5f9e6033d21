import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { commentCases, sayings } from '../comment-cases.ts'
import { openDesk, type Desk } from './desk.ts'

let desk: Desk
before(async () => {
  desk = await openDesk()
})
after(() => desk.gitlab[Symbol.asyncDispose]())

async function awards(id: number): Promise<unknown[]> {
  const path = `/projects/42/merge_requests/${desk.change}/notes/${id}/award_emoji`
  return ((await desk.ada.api('GET', path)) as { name: string }[]).map(({ name }) => name)
}

describe('a note of ours', () => {
  const { say, said } = sayings(() => desk)

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
    const item = { kind: 'comment', change: '999', mark: 'm', body: 'x' } as const
    await assert.rejects(desk.changes.publish(desk.repository, item, null), { kind: 'gone' })
  })
})

describe('an award', () => {
  test('is given once by two at the same time, and when the answer was lost', async () => {
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

  test('that somebody else gave is given by us as well', async () => {
    const id = await desk.ada.comment(Number(desk.change), '/qaack')
    await desk.ada.api('POST', `/projects/42/merge_requests/${desk.change}/notes/${id}/award_emoji`, {
      name: 'eyes',
    })
    const answer = { change: desk.change, commentId: String(id), reaction: 'seen', text: null } as const
    await desk.changes.answer(desk.repository, answer)
    assert.deepEqual(await awards(id), ['eyes', 'eyes'])
  })

  test('tells that a comment was answered, which it is not while the work goes on', async () => {
    const id = String(await desk.ada.comment(Number(desk.change), '/qaack'))
    const answer = { change: desk.change, commentId: id, text: null } as const
    const isAnswered = () => desk.changes.isAnswered?.(desk.repository, desk.change, id)
    assert.equal(await isAnswered(), false)
    await desk.changes.answer(desk.repository, { ...answer, reaction: 'seen' })
    assert.equal(await isAnswered(), false)
    await desk.changes.answer(desk.repository, { ...answer, reaction: 'refused' })
    assert.equal(await isAnswered(), true)
  })
})

commentCases({
  desk: () => desk,
  losses: { 'the connection was cut': () => desk.loseOnce('POST', /\/notes$/) },
  reactions: awards,
})

test('all that was asked is as GitLab describes its API', () => {
  assert.deepEqual(desk.faults(), [])
})
