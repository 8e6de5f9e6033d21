import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepHook } from '../../../../src/hosts/gitlab/hooks.ts'
import { askerOf, type Asked } from './asker.ts'

const url = 'https://qaack.test/api/gitlab/webhooks'

type Row = Record<string, unknown>

/** A project's hooks, kept by a GitLab that knows `fields` only beside the oldest ones. */
async function project(hooks: Row[], fields: string[] = ['name', 'description']) {
  const known = (body: Row) =>
    Object.fromEntries(
      Object.entries(body).filter(
        ([key]) => key !== 'token' && (fields.includes(key) || !['name', 'description'].includes(key)),
      ),
    )
  const answers = ({ method, path, body }: Asked) => {
    const id = Number(path.split('/')[1])
    const place = hooks.findIndex((hook) => hook.id === id)
    if (method === 'GET') return { body: hooks }
    if (method === 'POST') {
      const hook = { id: 100 + hooks.length, alert_status: 'executable', ...known(body) }
      hooks.push(hook)
      return { status: 201, body: hook }
    }
    if (place < 0) return { status: 404, body: { message: '404 Not found' } }
    if (method === 'DELETE') {
      hooks.splice(place, 1)
      return { status: 204 }
    }
    return { body: Object.assign(hooks[place] ?? {}, known(body)) }
  }
  return askerOf(answers)
}

for (const status of ['disabled', 'temporarily_disabled']) {
  test(`a webhook that GitLab has ${status} is made anew`, async () => {
    const hooks: Row[] = []
    const { at, asked } = await project(hooks)
    await keepHook(at, url, 's')
    Object.assign(hooks[0] ?? {}, { alert_status: status, disabled_until: '2030-01-01T00:00:00Z' })
    assert.equal(await keepHook(at, url, 's'), 'repaired')
    assert.deepEqual(
      hooks.map(({ id, alert_status }) => [id, alert_status]),
      [[101, 'executable']],
    )
    // Never without one.
    assert.deepEqual(
      asked.map(({ method }) => method).filter((method) => method !== 'GET'),
      ['POST', 'POST', 'DELETE'],
    )
  })
}

test('a webhook that was switched off and is on again is kept', async () => {
  const hooks: Row[] = []
  const { at } = await project(hooks)
  await keepHook(at, url, 's')
  Object.assign(hooks[0] ?? {}, { disabled_until: '2020-01-01T00:00:00Z' })
  assert.equal(await keepHook(at, url, 's'), 'kept')
})

test('where a webhook has no description the secret is written each time', async () => {
  const hooks: Row[] = []
  const { at, asked } = await project(hooks, [])
  assert.equal(await keepHook(at, url, 'one'), 'made')
  assert.equal(await keepHook(at, url, 'two'), 'kept')
  const last = asked.at(-1)
  assert.deepEqual([last?.method, last?.body.token], ['PUT', 'two'])
  Object.assign(hooks[0] ?? {}, { note_events: false })
  assert.equal(await keepHook(at, url, 'two'), 'repaired')
})

test('calls in a shape of somebody’s own are put right', async () => {
  const hooks: Row[] = []
  const { at } = await project(hooks)
  await keepHook(at, url, 's')
  Object.assign(hooks[0] ?? {}, { custom_webhook_template: '{}', repository_update_events: true })
  assert.equal(await keepHook(at, url, 's'), 'repaired')
  assert.equal(hooks[0]?.custom_webhook_template, '')
  assert.equal(await keepHook(at, url, 's'), 'kept')
})

test('who may not make webhooks is told which role it takes', async () => {
  const { at } = await askerOf(() => ({ status: 403, body: { message: '403 Forbidden' } }))
  await assert.rejects(keepHook(at, url, 's'), { kind: 'refused', message: /Maintainer/ })
})

test('two that keep one webhook, and of whom one takes the secret of the other, come to rest', async () => {
  const hooks: Row[] = []
  const { at } = await project(hooks)
  const byHand = () => keepHook(at, url, 'of the address', 'of the key')
  const connected = () => keepHook(at, url, 'of the key', 'of the key')
  assert.equal(await byHand(), 'made')
  assert.equal(await connected(), 'repaired')
  assert.deepEqual([await byHand(), await connected(), await byHand()], ['kept', 'kept', 'kept'])
  Object.assign(hooks[0] ?? {}, { description: 'of somebody else' })
  assert.equal(await byHand(), 'repaired')
})
