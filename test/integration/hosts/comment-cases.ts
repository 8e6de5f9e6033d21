import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import type { ChangeHost } from '../../../src/hosts/host.ts'
import type { RepositoryRecord } from '../../../src/repositories/repository.ts'

/** A host with a change, and somebody who writes on it: what comments are tried on, the same for every host. */
export interface CommentDesk {
  changes: ChangeHost
  repository: RepositoryRecord
  change: string
  ada: {
    comment(change: number, text: string): Promise<number>
    comments(change: number): Promise<Record<string, unknown>[]>
    deleteComment(id: number): Promise<void>
  }
}

export interface Means {
  desk: () => CommentDesk
  /** How the next comment of ours can be made and its answer lost. */
  losses: Record<string, () => void>
  /** Our reactions to a comment. */
  reactions: (id: number) => Promise<unknown[]>
}

let mark = ''
let marks = 0

/** The comments of ours that bear the mark of the test: `say` one, and what they `said`, without the mark. */
export function sayings(desk: () => CommentDesk) {
  beforeEach(() => {
    mark = `mark-${(marks += 1)}`
  })
  return {
    say: (body: string, handle: string | null = null): Promise<string> => {
      const { changes, change, repository } = desk()
      return changes.publish(repository, { kind: 'comment', change, mark, body }, handle)
    },
    said: async (of = mark): Promise<string[]> => {
      const all = await desk().ada.comments(Number(desk().change))
      const first = `<!-- qaack ${of} -->\n`
      const bodies = all.map(({ body }) => String(body))
      return bodies.filter((body) => body.startsWith(first)).map((body) => body.slice(first.length))
    },
    /** Another comment of ours from here on. */
    another: () => void (mark = `${mark}-later`),
  }
}

export function commentCases({ desk, losses, reactions }: Means): void {
  const { say, said, another } = sayings(desk)
  const number = () => Number(desk().change)

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
      await desk().ada.deleteComment(Number(handle))
      assert.notEqual(await say('two', handle), handle)
      assert.deepEqual(await said(), ['two'])
    })

    for (const [loss, lose] of Object.entries(losses)) {
      test(`is not doubled when the answer to its making was lost: ${loss}`, async () => {
        lose()
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
      await desk().ada.comment(number(), `<!-- qaack ${mark} -->\nfake`)
      await say('true')
      assert.deepEqual(await said(), ['fake', 'true'])
    })

    test('that is too long is cut', async () => {
      await say('words\n'.repeat(200_000))
      assert.match((await said())[0] ?? '', /the rest was left out\._$/)
    })
  })

  describe('a comment of somebody', () => {
    test('is acknowledged and answered once, however often', async () => {
      const { ada, change, changes, repository } = desk()
      const id = await ada.comment(number(), '/qaack logs')
      const answer = { change, commentId: String(id) }
      await changes.answer(repository, { ...answer, reaction: 'seen', text: null })
      for (let time = 0; time < 2; time += 1)
        await changes.answer(repository, { ...answer, reaction: 'refused', text: 'not so' })
      assert.deepEqual(await reactions(id), ['eyes', 'confused'])
      assert.deepEqual(await said(`answer ${id}`), ['not so'])
    })

    test('that is gone cannot be answered', async () => {
      const { change, changes, repository } = desk()
      const answer = { change, commentId: '99999', reaction: 'done', text: null } as const
      await assert.rejects(changes.answer(repository, answer), { name: 'HostFailure', kind: 'gone' })
    })
  })

  // Near the end: to compare, only the first page is read here.
  describe('a comment', () => {
    test('of ours is found among hundreds', async () => {
      const handle = await say('one')
      for (let n = 0; n < 110; n += 1) await desk().ada.comment(number(), `talk ${n}`)
      assert.equal(await say('two'), handle)
      another()
      const later = await say('three')
      assert.equal(await say('four'), later)
      assert.notEqual(later, handle)
    })
  })
}
