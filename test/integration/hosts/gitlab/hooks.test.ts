import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createGitlabHost } from '../../../../src/hosts/gitlab/gitlab-host.ts'
import { systemClock } from '../../../../src/clock.ts'
import { silentLogger } from '../../../../src/logger.ts'
import { openDesk, type Desk } from './desk.ts'

let desk: Desk
let url = ''
let tests = 0
before(async () => {
  desk = await openDesk()
})
after(() => desk.gitlab[Symbol.asyncDispose]())
beforeEach(() => {
  url = `http://qaack.test/${(tests += 1)}/api/gitlab/webhooks`
})

type Row = Record<string, unknown>

const keep = () => desk.hooks.keep(desk.repository, url)

async function all(): Promise<Row[]> {
  const hooks = (await desk.ada.api('GET', '/projects/42/hooks?per_page=100')) as Row[]
  return hooks.filter((hook) => hook.url === url)
}

async function only(): Promise<Row> {
  const [one, ...others] = await all()
  assert.ok(one)
  assert.deepEqual(others, [])
  return one
}

async function edit(change: Row): Promise<void> {
  await desk.ada.api('PUT', `/projects/42/hooks/${String((await only()).id)}`, { url, ...change })
}

describe('the webhook of a project', () => {
  test('is made once, for what we want to know', async () => {
    assert.equal(await keep(), 'made')
    const hook = await only()
    const events = Object.keys(hook).filter((key) => key.endsWith('_events') && hook[key] === true)
    assert.deepEqual(events.sort(), [
      'merge_requests_events',
      'note_events',
      'push_events',
      'tag_push_events',
    ])
    assert.equal(hook.enable_ssl_verification, true)
    const before = desk.gitlab.requests.length
    assert.equal(await keep(), 'kept')
    assert.equal((await only()).id, hook.id)
    const since = desk.gitlab.requests.slice(before).filter(({ path }) => path.includes('/hooks'))
    assert.deepEqual(
      since.map(({ method }) => method),
      ['GET'],
    )
  })

  for (const change of [
    { note_events: false },
    { issues_events: true },
    { enable_ssl_verification: false },
    { push_events_branch_filter: 'main' },
    { description: 'mine now' },
  ]) {
    test(`is made right again after ${JSON.stringify(change)}`, async () => {
      await keep()
      const right = await only()
      await edit(change)
      assert.equal(await keep(), 'repaired')
      assert.deepEqual(await only(), right)
      assert.equal(await keep(), 'kept')
    })
  }

  test('has the secret that the door believes, also after the key of the server was changed', async () => {
    await keep()
    const { id } = await only()
    const config = { url: desk.gitlab.url, token: desk.gitlab.token, webhookSecret: null, groups: [] }
    const parts = { config, clock: systemClock, logger: silentLogger }
    const other = createGitlabHost({ ...parts, secretKey: 'another' })
    assert.equal(await other.hooks?.keep(desk.repository, url), 'repaired')
    assert.equal(await other.hooks?.keep(desk.repository, url), 'kept')
    assert.equal((await only()).id, id)
  })

  test('tells nobody its secret', async () => {
    await keep()
    const sent = desk.gitlab.requests.find(({ body }) => (body as Row | undefined)?.url === url)
    const { token } = sent?.body as { token: string }
    assert.match(token, /^[\w-]+\.[\w-]{43}$/)
    assert.ok(!JSON.stringify(await only()).includes(token))
  })

  test('is not doubled when the answer to its making was lost', async () => {
    desk.loseOnce('POST', /\/hooks$/)
    await assert.rejects(keep(), { kind: 'unavailable' })
    assert.equal(await keep(), 'kept')
    await only()
  })

  test('that was made twice, or at the same time, stays once', async () => {
    await Promise.all([keep(), keep(), keep()])
    const { id } = await only()
    await desk.ada.api('POST', '/projects/42/hooks', { url })
    assert.equal(await keep(), 'repaired')
    assert.equal((await only()).id, id)
  })

  test('that somebody deleted is made again', async () => {
    await keep()
    await desk.ada.api('DELETE', `/projects/42/hooks/${String((await only()).id)}`)
    assert.equal(await keep(), 'made')
    await only()
  })

  test('of somebody else is left alone', async () => {
    const other = `${url}/other`
    await desk.ada.api('POST', '/projects/42/hooks', { url: other, issues_events: true })
    await keep()
    await desk.hooks.remove(desk.repository, url)
    url = other
    assert.equal((await only()).issues_events, true)
  })

  test('is removed, which is safe twice', async () => {
    await keep()
    await desk.hooks.remove(desk.repository, url)
    await desk.hooks.remove(desk.repository, url)
    assert.deepEqual(await all(), [])
  })

  test('of a project that is gone needs no removal, and cannot be kept', async () => {
    const params = desk.host.check({ group: 'acme', project: 'gone' })
    const gone = { ...desk.repository, params }
    await desk.hooks.remove(gone, url)
    await assert.rejects(desk.hooks.keep(gone, url), { kind: 'gone' })
  })
})

test('all that was asked is as GitLab describes its API', () => {
  assert.deepEqual(desk.faults(), [])
})
