import assert from 'node:assert/strict'
import { test } from 'node:test'
import { putComment, type OwnComment, type OwnComments } from '../../../src/hosts/marked-comment.ts'

/** Comments on a change; ids count up. `asked` names what was done. */
function desk(given: Partial<OwnComments> = {}): { own: OwnComments; all: OwnComment[]; asked: string[] } {
  const all: OwnComment[] = []
  const asked: string[] = []
  let ids = 0
  const place = (id: string) => all.findIndex((one) => one.id === id)
  const own: OwnComments = {
    host: 'The host',
    limit: 1000,
    list: () => Promise.resolve([...all]),
    create: (body) => {
      asked.push('create')
      const id = String((ids += 1))
      all.push({ id, body })
      return Promise.resolve(id)
    },
    edit: (id, body) => {
      asked.push(`edit ${id}`)
      const found = all[place(id)]
      if (found) found.body = body
      return Promise.resolve(found !== undefined)
    },
    remove: (id) => {
      asked.push(`remove ${id}`)
      return Promise.resolve(all.splice(place(id), place(id) < 0 ? 0 : 1).length > 0)
    },
    ...given,
  }
  return { own, all, asked }
}

const wish = { change: '1', mark: 'm', body: 'new' }

test('a comment is made once, found by its first line, and edited', async () => {
  const { own, all, asked } = desk()
  assert.equal(await putComment(own, wish, null), '1')
  assert.equal(await putComment(own, { ...wish, body: 'newer' }, null), '1')
  assert.equal(await putComment(own, { ...wish, mark: 'other' }, null), '2')
  assert.deepEqual(
    all.map(({ body }) => body),
    ['<!-- qaack m -->\nnewer', '<!-- qaack other -->\nnew'],
  )
  assert.deepEqual(asked, ['create', 'edit 1', 'create'])
})

test('what says it already is not edited, whatever its ends of lines', async () => {
  const { own, all, asked } = desk()
  await putComment(own, wish, null)
  await putComment(own, wish, null)
  all.push({ id: '0', body: '<!-- qaack r -->\r\nold' })
  assert.equal(await putComment(own, { ...wish, mark: 'r' }, null), '0')
  assert.deepEqual(asked, ['create', 'edit 0'])
})

test('a handle whose comment is gone is forgotten', async () => {
  const { own, asked } = desk()
  assert.equal(await putComment(own, wish, '99'), '1')
  assert.deepEqual(asked, ['edit 99', 'create'])
})

test('of doubles the oldest stays', async () => {
  const { own, all } = desk()
  const ids = await Promise.all([putComment(own, wish, null), putComment(own, wish, null)])
  assert.deepEqual(ids, ['1', '1'])
  assert.deepEqual(
    all.map(({ id }) => id),
    ['1'],
  )
})

test('what was made and is not listed yet is believed', async () => {
  const { own } = desk({ list: () => Promise.resolve([]) })
  assert.equal(await putComment(own, wish, null), '1')
})

test('a comment that is listed but cannot be changed is not tried for ever', async () => {
  const listed = { id: '7', body: '<!-- qaack m -->\nold' }
  let edits = 0
  const { own } = desk({
    list: () => Promise.resolve([listed]),
    edit: () => Promise.resolve((edits += 1) < 0),
  })
  await assert.rejects(putComment(own, wish, null), {
    name: 'HostFailure',
    kind: 'unavailable',
    message: /^The host lists a comment on change 1/,
  })
  assert.equal(edits, 3)
})
