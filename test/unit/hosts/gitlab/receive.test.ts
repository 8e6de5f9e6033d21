import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostEvent } from '../../../../src/hosts/event.ts'
import { receive } from '../../../../src/hosts/gitlab/receive.ts'
import { gitlabPayload, gitlabPayloads } from '../../../fakes/gitlab-payloads.ts'

const nobody = () => false

type Payload = Record<string, unknown>

function send(event: string, payload: unknown, isOurs = nobody as (instance: string, id: string) => boolean) {
  return receive({ event, payload: JSON.stringify(payload) }, isOurs)
}

/** The one event that follows from a payload, after an edit of it. */
function eventOf(
  name: string,
  edit: (payload: Payload) => void = () => undefined,
  isOurs = nobody,
): HostEvent {
  const { event, payload } = gitlabPayload(name)
  edit(payload)
  const received = send(event, payload, isOurs)
  assert.ok('events' in received && received.events[0], JSON.stringify(received))
  return received.events[0]
}

function whyIgnored(name: string, edit: (payload: Payload) => void = () => undefined): string {
  const { event, payload } = gitlabPayload(name)
  edit(payload)
  const received = send(event, payload)
  assert.ok('ignored' in received, JSON.stringify(received))
  return received.ignored
}

const facts = (payload: Payload) => payload['object_attributes'] as Payload

function changeOf(name: string, edit?: (payload: Payload) => void) {
  const event = eventOf(name, edit)
  assert.ok(event.kind === 'change')
  return event.change
}

const shop = {
  key: 'gitlab.example.com#42',
  owner: 'acme',
  name: 'shop',
  params: {
    instanceUrl: 'https://gitlab.example.com',
    group: 'acme',
    project: 'shop',
    hostKey: 'gitlab.example.com#42',
  },
  connects: false,
}

for (const { name, event, payload } of gitlabPayloads) {
  test(`${name} is understood`, () => {
    const received = send(event, payload)
    if ('ignored' in received) assert.doesNotMatch(received.ignored, /not as GitLab sends it/)
    else assert.equal(received.events.length, 1)
  })
}

for (const name of [
  'push',
  'push-new-branch',
  'push-deleted-branch',
  'push-forced',
  'tag-push',
  'tag-push-deleted',
]) {
  test(`${name} means looking at the refs`, () => {
    assert.deepEqual(eventOf(name), { kind: 'refs-changed', repository: shop })
  })
}

test('an opened merge request is a change', () => {
  assert.deepEqual(eventOf('merge-request-open'), {
    kind: 'change',
    repository: shop,
    change: {
      name: '7',
      title: 'A dearer cart',
      author: 'grace',
      source: 'cart',
      target: 'main',
      hash: (facts(gitlabPayload('merge-request-open').payload)['last_commit'] as { id: string }).id,
      fork: false,
      draft: false,
      labels: [],
      state: 'open',
      url: 'https://gitlab.example.com/acme/shop/-/merge_requests/7',
      updatedAt: Date.parse('2026-01-05T09:12:44Z'),
    },
  })
})

test('its life is told', () => {
  const states = ['open', 'close', 'reopen', 'merge'].map((name) => changeOf(`merge-request-${name}`).state)
  assert.deepEqual(states, ['open', 'closed', 'open', 'merged'])
  assert.equal(
    changeOf('merge-request-open', (payload) => (facts(payload)['state'] = 'locked')).state,
    'open',
  )
  assert.equal(changeOf('merge-request-open-draft').draft, true)
  assert.equal(changeOf('merge-request-update-ready').draft, false)
  assert.equal(changeOf('merge-request-open-fork').fork, true)
  assert.equal(changeOf('merge-request-merge-fork-gone').fork, true)
  assert.ok(changeOf('merge-request-update-labels').labels.length > 0)
  assert.deepEqual(changeOf('merge-request-update-labels-gone').labels, [])
  assert.notEqual(changeOf('merge-request-update-target').target, 'main')
})

test('older versions say work in progress', () => {
  const edit = (payload: Payload) => {
    delete facts(payload)['draft']
    facts(payload)['work_in_progress'] = true
  }
  assert.equal(changeOf('merge-request-open', edit).draft, true)
})

test('the author is who has the number, wherever that one is named; else nobody', () => {
  const person = (id: number, username: string) => ({ id, username, name: username })
  const by = (edit: (payload: Payload) => void) => changeOf('merge-request-close', edit).author
  const closedByAda = (payload: Payload) => {
    payload['user'] = person(2, 'ada')
    facts(payload)['author_id'] = 3
  }
  assert.equal(by(closedByAda), null)
  assert.equal(
    by((payload) => (closedByAda(payload), (payload['assignees'] = [person(3, 'grace')]))),
    'grace',
  )
  assert.equal(
    by((payload) => (closedByAda(payload), (payload['reviewers'] = [person(3, 'grace')]))),
    'grace',
  )
  const old = (payload: Payload) => (payload['user'] = { username: 'ada', name: 'Ada' })
  assert.equal(changeOf('merge-request-open', old).author, 'ada')
  assert.equal(by(old), null)
})

for (const [text, at] of Object.entries({
  '2026-01-01 00:00:07 UTC': '2026-01-01T00:00:07Z',
  '2026-01-01T00:00:07Z': '2026-01-01T00:00:07Z',
  '2026-01-01T00:00:07.999Z': '2026-01-01T00:00:07Z',
  '2026-01-01 02:00:07 +0200': '2026-01-01T00:00:07Z',
  '2026-01-01T02:00:07+02:00': '2026-01-01T00:00:07Z',
})) {
  test(`${text} is read to the second`, () => {
    const change = changeOf('merge-request-open', (payload) => (facts(payload)['updated_at'] = text))
    assert.equal(change.updatedAt, Date.parse(at))
  })
}

for (const action of ['approved', 'unapproved', 'approval', 'unapproval']) {
  test(`a merge request being ${action} is nothing to us`, () => {
    assert.match(whyIgnored(`merge-request-${action}`), new RegExp(`the action ${action}`))
  })
}

test('what is offered elsewhere, or offers nothing, is no change of ours', () => {
  assert.match(
    whyIgnored('merge-request-open', (p) => (facts(p)['target_project_id'] = 7)),
    /another project/,
  )
  assert.match(
    whyIgnored('merge-request-open', (p) => (facts(p)['last_commit'] = null)),
    /no commit/,
  )
  assert.match(
    whyIgnored('merge-request-open', (p) => (facts(p)['action'] = null)),
    /action none/,
  )
})

test('a new comment is told, with its author', () => {
  const { payload } = gitlabPayload('note-merge-request')
  const note = facts(payload)
  assert.deepEqual(eventOf('note-merge-request'), {
    kind: 'comment',
    repository: shop,
    change: '7',
    comment: {
      id: String(note['id']),
      text: note['note'],
      before: null,
      author: (payload['user'] as { username: string }).username,
      ours: false,
    },
  })
})

const comment = (event: HostEvent) => (assert.ok(event.kind === 'comment'), event.comment)

test('ours are known by who we are, and by their first line before that is known', () => {
  const { payload } = gitlabPayload('note-merge-request')
  const author = String(facts(payload)['author_id'])
  const isOurs = (instance: string, id: string) => instance === 'https://gitlab.example.com' && id === author
  assert.equal(comment(eventOf('note-merge-request', undefined, isOurs as typeof nobody)).ours, true)
  assert.equal(comment(eventOf('note-merge-request-ours')).ours, true)
  const said = (text: string) => comment(eventOf('note-merge-request', (p) => (facts(p)['note'] = text))).ours
  assert.equal(said('<!-- qaack answer 7 -->\r\nhello'), true)
  assert.equal(said('look: <!-- qaack x -->\n/qaack rebuild'), false)
})

test('of an edited comment nobody says what it said before; it counts if its author edited it', () => {
  const edited = (edit?: (payload: Payload) => unknown) => eventOf('note-merge-request-update', edit)
  assert.equal(comment(edited()).before, undefined)
  const old = (payload: Payload) => delete facts(payload)['action']
  assert.equal(comment(edited(old)).before, undefined)
  assert.equal(comment(eventOf('note-merge-request', old)).before, null)
  for (const id of [999, null, undefined]) {
    const another = (payload: Payload) => (facts(payload)['updated_by_id'] = id)
    assert.match(whyIgnored('note-merge-request-update', another), /somebody else than its author/)
  }
})

test('comments of GitLab, internal ones, and on other things are ignored', () => {
  assert.match(whyIgnored('note-system'), /GitLab wrote/)
  assert.match(whyIgnored('note-merge-request-internal'), /kind Confidential Note Hook/)
  assert.match(
    whyIgnored('note-merge-request', (p) => (facts(p)['internal'] = true)),
    /internal/,
  )
  assert.match(
    whyIgnored('note-merge-request', (p) => (facts(p)['noteable_type'] = 'Issue')),
    /something else/,
  )
  assert.match(
    whyIgnored('note-merge-request', (p) => delete p['merge_request']),
    /something else/,
  )
  assert.match(
    whyIgnored('note-merge-request', (p) => (facts(p)['author_id'] = 999)),
    /not by the one/,
  )
})

test('pipelines and what else there is are ignored with a reason', () => {
  for (const event of ['Pipeline Hook', 'Job Hook', 'Deployment Hook', 'Issue Hook', 'Wiki Page Hook', '']) {
    assert.deepEqual(send(event, {}), { ignored: `nothing depends on events of kind ${event}` })
  }
})

test('system hooks are read by the name in them', () => {
  const compare = { events: [{ kind: 'repositories', appeared: [], gone: [] }] }
  for (const event_name of ['project_create', 'project_destroy', 'project_rename', 'project_transfer'])
    assert.deepEqual(send('System Hook', { event_name, project_id: 74 }), compare)
  const { payload } = gitlabPayload('push')
  const refs = { events: [{ kind: 'refs-changed', repository: shop }] }
  assert.deepEqual(send('System Hook', payload), refs)
  const { project } = payload
  assert.deepEqual(send('System Hook', { event_name: 'repository_update', project }), refs)
  const request = gitlabPayload('merge-request-open').payload
  assert.deepEqual(send('System Hook', request), { events: [eventOf('merge-request-open')] })
  for (const payload of [{ event_name: 'user_create' }, { event_name: 'constructor' }, {}])
    assert.ok('ignored' in send('System Hook', payload))
})

test('the instance may lie below a path, and the project in subgroups', () => {
  const event = eventOf('push', (payload) => {
    payload['project'] = {
      id: 7,
      path_with_namespace: 'a/b/c/d',
      web_url: 'http://acme.test:8080/gitlab/a/b/c/d',
    }
  })
  assert.ok(event.kind === 'refs-changed')
  assert.deepEqual(event.repository?.params, {
    instanceUrl: 'http://acme.test:8080/gitlab',
    group: 'a/b/c',
    project: 'd',
    hostKey: 'acme.test:8080/gitlab#7',
  })
})

test('a payload that is not as GitLab sends it is ignored with its fault', () => {
  const wrong: [string, (payload: Payload) => void, RegExp][] = [
    ['push', (p) => delete p['project'], /project: /],
    ['push', (p) => ((p['project'] as Payload)['id'] = '42'), /project\.id: /],
    ['push', (p) => ((p['project'] as Payload)['path_with_namespace'] = 'shop'), /not the path/],
    ['push', (p) => ((p['project'] as Payload)['web_url'] = 'https://evil.test/x'), /at which GitLab/],
    ['merge-request-open', (p) => (facts(p)['updated_at'] = 'yesterday'), /not a time/],
    ['merge-request-open', (p) => (facts(p)['state'] = 'other'), /state/],
    ['merge-request-open', (p) => (facts(p)['iid'] = 7.5), /iid/],
    ['merge-request-open', (p) => (p['user'] = null), /user/],
    ['note-merge-request', (p) => (facts(p)['id'] = null), /object_attributes\.id/],
  ]
  for (const [name, edit, message] of wrong) assert.match(whyIgnored(name, edit), message)
  for (const payload of ['', '{', 'null', '7', '[]'])
    assert.ok('ignored' in receive({ event: 'Push Hook', payload }, nobody), payload)
})
