import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { at, textAt } from '../../../../src/demo/github/json.ts'
import { startGitlab, type LocalGitlab } from '../../../fakes/gitlab/start.ts'
import { asking, shop } from './asking.ts'
import { listen, type Heard, type Listener } from './listener.ts'

let gitlab: LocalGitlab
let listener: Listener
const { ask, bot, offer } = asking(() => gitlab)

before(async () => {
  gitlab = await startGitlab()
  listener = await listen()
})
after(async () => {
  await gitlab[Symbol.asyncDispose]()
  await listener[Symbol.asyncDispose]()
})

describe('webhooks', () => {
  let hook: number

  before(async () => {
    const { answer } = await bot('POST', `${shop}/hooks`, {
      url: `http://qaack.localhost:${listener.port}/hooks`,
      token: 'hush',
      ...{ push_events: true, tag_push_events: true, merge_requests_events: true, note_events: true },
    })
    assert.ok(!JSON.stringify(answer).includes('hush'))
    hook = Number(at(answer, 'id'))
  })
  beforeEach(async () => {
    await gitlab.delivered()
    listener.heard.length = 0
  })

  async function heard(): Promise<Heard[]> {
    await gitlab.delivered()
    return listener.heard
  }
  const kinds = async () =>
    (await heard()).map(({ event, body }) => `${event} ${textAt(body, 'object_attributes', 'action')}`.trim())

  test('tell of pushes, with the headers of GitLab', async () => {
    const sha = await gitlab.user('ada').push('told', 'tell', { 'told.txt': 'told\n' })
    const [push] = await heard()
    assert.equal(push?.event, 'Push Hook')
    assert.equal(push.headers['x-gitlab-token'], 'hush')
    assert.equal(push.headers['x-gitlab-instance'], gitlab.url)
    assert.equal(push.headers.host, `qaack.localhost:${listener.port}`)
    assert.match(String(push.headers['user-agent']), /^GitLab\//)
    const ids = ['idempotency-key', 'x-gitlab-webhook-uuid', 'x-gitlab-event-uuid']
    assert.equal(new Set(ids.map((name) => push.headers[name])).size, 3)
    assert.deepEqual(
      [push.body.ref, push.body.after, push.body.project_id, push.body.total_commits_count],
      ['refs/heads/told', sha, 42, 1],
    )
    assert.equal(at(push.body, 'project', 'web_url'), `${gitlab.url}/acme/shop`)
    const work = await gitlab.user('ada').work()
    await work.git('tag', '-a', 'v1', '-m', 'one')
    await work.git('push', '--quiet', 'origin', 'v1')
    assert.equal((await heard()).at(-1)?.body.checkout_sha, sha)
    assert.equal((await heard()).at(-1)?.event, 'Tag Push Hook')
  })

  test('tell nothing of more than three branches at once', async () => {
    const work = await gitlab.user('ada').work()
    const refs = [1, 2, 3, 4].map((number) => `HEAD:refs/heads/many-${number}`)
    await work.git('push', '--quiet', 'origin', ...refs)
    assert.deepEqual(await kinds(), [])
  })

  test('tell the life of a merge request', async () => {
    const { iid, sha } = await offer('life')
    const ada = gitlab.user('ada')
    await ada.label(iid, 'preview')
    await ada.setDraft(iid, true)
    await ada.setDraft(iid, false)
    await ada.push('life', 'more', { 'more.txt': '1\n' })
    await ada.close(iid)
    await ada.reopen(iid)
    await ada.merge(iid)
    const requests = (await heard()).filter(({ event }) => event === 'Merge Request Hook')
    const actions = requests.map(({ body }) => textAt(body, 'object_attributes', 'action'))
    assert.deepEqual(actions.sort(), [
      'close',
      'merge',
      'open',
      'reopen',
      'update',
      'update',
      'update',
      'update',
    ])
    const updates = requests.filter(({ body }) => textAt(body, 'object_attributes', 'action') === 'update')
    const pushed = updates.filter(({ body }) => textAt(body, 'object_attributes', 'oldrev') !== '')
    assert.deepEqual(
      pushed.map(({ body }) => at(body, 'object_attributes', 'oldrev')),
      [sha],
    )
    assert.ok(updates.some(({ body }) => at(body, 'changes', 'labels', 'current') !== undefined))
    assert.ok(updates.some(({ body }) => at(body, 'changes', 'draft', 'current') === true))
  })

  test('tell of comments, also of the bot, but not of what GitLab notes itself', async () => {
    const { iid } = await offer('talk')
    const note = await gitlab.user('grace').comment(iid, '/qaack help')
    await gitlab.user('grace').editComment(note, '/qaack delete')
    await bot('POST', `${shop}/merge_requests/${iid}/notes`, { body: 'hello' })
    await gitlab.user('ada').setTitle(iid, 'Another title')
    await gitlab.user('grace').deleteComment(note)
    const told = (await heard()).filter(({ event }) => event === 'Note Hook')
    assert.deepEqual(
      told
        .map(
          ({ body }) => `${textAt(body, 'user', 'username')} ${textAt(body, 'object_attributes', 'action')}`,
        )
        .sort(),
      ['grace create', 'grace update', 'qaack-bot create'],
    )
    assert.equal(at(told[0]?.body, 'merge_request', 'iid'), iid)
  })

  test('are lost when they are to be lost', async () => {
    gitlab.loseDeliveries(1)
    await gitlab.user('ada').push('lost', 'lost', { 'lost.txt': '1\n' })
    assert.deepEqual(await kinds(), [])
    await gitlab.user('ada').push('lost', 'found', { 'lost.txt': '2\n' })
    assert.deepEqual(await kinds(), ['Push Hook'])
  })

  test('are called once, and are switched off after four failures until a test succeeds', async () => {
    listener.status = 500
    for (const number of [1, 2, 3, 4, 5])
      await gitlab.user('ada').push('fail', 'fail', { 'fail.txt': String(number) })
    // the fifth may have set out before the fourth had failed
    await gitlab.delivered()
    assert.ok(listener.heard.length === 4 || listener.heard.length === 5)
    const path = `${shop}/hooks/${hook}`
    assert.equal(at((await bot('GET', path)).answer, 'alert_status'), 'temporarily_disabled')
    listener.status = 200
    assert.equal((await ask(gitlab.user('ada').token, 'POST', `${path}/test/push_events`)).status, 201)
    assert.equal(at((await bot('GET', path)).answer, 'alert_status'), 'executable')
  })
})
