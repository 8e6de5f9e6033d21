import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { HostEvent } from '../../../../src/hosts/event.ts'
import { receive } from '../../../../src/hosts/github/receive.ts'
import type { Received } from '../../../../src/hosts/host.ts'
import { example, examples } from './examples.ts'

const me = { appId: 4711, login: 'qaack[bot]' }
const codertocat = {
  key: '186853002',
  owner: 'Codertocat',
  name: 'Hello-World',
  params: { owner: 'Codertocat', repo: 'Hello-World', hostKey: '186853002' },
}

function read(event: string, payload: unknown): Received {
  return receive({ event, payload: JSON.stringify(payload) }, me)
}

function eventOf(received: Received): HostEvent | undefined {
  assert.ok('events' in received, JSON.stringify(received))
  assert.equal(received.events.length, 1)
  return received.events[0]
}

function reasonOf(received: Received): string {
  assert.ok('ignored' in received, JSON.stringify(received))
  return received.ignored
}

/** What recorded payloads mean to us, by event and action; all others are ignored. */
const meanings: Record<string, HostEvent['kind'] | 'ignored'> = {
  push: 'refs-changed',
  create: 'refs-changed',
  delete: 'refs-changed',
  'pull_request opened': 'change',
  'pull_request reopened': 'change',
  'pull_request synchronize': 'change',
  'pull_request closed': 'change',
  'pull_request edited': 'change',
  'pull_request ready_for_review': 'change',
  'pull_request converted_to_draft': 'change',
  'pull_request labeled': 'change',
  'pull_request unlabeled': 'change',
  'installation created': 'repositories',
  'installation deleted': 'repositories',
  'installation suspend': 'repositories',
  'installation unsuspend': 'repositories',
  'installation new_permissions_accepted': 'repositories',
  'installation_repositories added': 'repositories',
  'installation_repositories removed': 'repositories',
  'repository renamed': 'repository-moved',
  'repository transferred': 'repository-moved',
  'repository deleted': 'repositories',
}

test('every recorded payload means what it should, or is ignored with a sentence', () => {
  assert.ok(examples.length > 350, `${examples.length} examples`)
  for (const { event, action, payload } of examples) {
    const name = action === null ? event : `${event} ${action}`
    const received = read(event, payload)
    const kind = 'events' in received ? received.events[0]?.kind : 'ignored'
    assert.equal(kind, meanings[name] ?? 'ignored', `${name}: ${JSON.stringify(received)}`)
    if ('ignored' in received) {
      assert.match(received.ignored, /^\S+ \S+ .+/, name)
      assert.doesNotMatch(received.ignored, /not as GitHub sends it/, name)
    }
  }
})

test('a push, a new branch and a deleted one make us look at the refs', () => {
  const expected = { kind: 'refs-changed', repository: codertocat }
  assert.deepEqual(eventOf(read('push', example('push'))), expected)
  assert.deepEqual(eventOf(read('create', example('create'))), expected)
  assert.deepEqual(eventOf(read('delete', example('delete'))), expected)
})

test('an opened pull request is a change', () => {
  assert.deepEqual(eventOf(read('pull_request', example('pull_request', 'opened'))), {
    kind: 'change',
    repository: codertocat,
    change: {
      name: '2',
      title: 'Update the README with new information.',
      author: 'Codertocat',
      source: 'changes',
      target: 'master',
      hash: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
      fork: false,
      draft: false,
      labels: [],
      state: 'open',
      url: 'https://github.com/Codertocat/Hello-World/pull/2',
      updatedAt: Date.parse('2019-05-15T15:20:33Z'),
    },
  })
})

test('the installation comes along', () => {
  const payload = { ...example('pull_request', 'closed'), installation: { id: 5 } }
  const event = eventOf(read('pull_request', payload))
  assert.ok(event?.kind === 'change')
  assert.equal(event.repository.params.installation, 5)
})

function changeWith(more: Record<string, unknown>) {
  const payload = example('pull_request', 'opened')
  const event = eventOf(
    read('pull_request', { ...payload, pull_request: { ...(payload.pull_request as object), ...more } }),
  )
  assert.ok(event?.kind === 'change')
  return event.change
}

test('merged is not just closed', () => {
  assert.equal(changeWith({ state: 'closed', merged_at: null }).state, 'closed')
  assert.equal(changeWith({ state: 'closed', merged_at: '2019-05-15T15:21:18Z' }).state, 'merged')
})

test('code from another repository is from a fork, also once that was deleted', () => {
  const head = { ref: 'main', sha: 'abc', repo: { id: 99 } }
  assert.equal(changeWith({ head }).fork, true)
  assert.equal(changeWith({ head: { ...head, repo: null } }).fork, true)
})

test('labels are names; deleted accounts are ghosts', () => {
  const change = changeWith({ labels: [{ name: 'preview' }, { name: 'bug' }], draft: true, user: null })
  assert.deepEqual(change.labels, ['preview', 'bug'])
  assert.deepEqual([change.draft, change.author], [true, 'ghost'])
})

test('an action that nothing follows from is told wherever it stands', () => {
  const first = '{"action":"review_requested","number":1'
  const reason = 'nothing depends on a pull request being review requested'
  assert.equal(reasonOf(receive({ event: 'pull_request', payload: `${first}}` }, me)), reason)
  assert.equal(
    reasonOf(receive({ event: 'pull_request', payload: ` ${first},…` }, me)),
    reason,
    'not read on',
  )
  assert.equal(reasonOf(read('pull_request', { number: 1, action: 'review_requested' })), reason)
  const nested = { changes: { action: 'opened' }, action: 'review_requested' }
  assert.equal(reasonOf(read('pull_request', nested)), reason)
  assert.match(reasonOf(read('pull_request', { number: 1 })), /not as GitHub sends it/)
})

test('who reviews a pull request is nothing to us', () => {
  assert.match(
    reasonOf(read('pull_request', example('pull_request', 'review_requested'))),
    /review requested/,
  )
})

function commentOf(
  action: string,
  more: { comment?: object; changes?: object; pull?: unknown; sender?: object } = {},
) {
  const payload = example('issue_comment', 'created')
  const issue = { ...(payload.issue as object), pull_request: 'pull' in more ? more.pull : {} }
  const comment = { ...(payload.comment as object), ...more.comment }
  const sender = more.sender ?? payload.sender
  return read('issue_comment', { ...payload, action, issue, comment, sender, changes: more.changes })
}

test('a comment on a pull request names the change', () => {
  assert.deepEqual(eventOf(commentOf('created', { comment: { body: '/qaack build' } })), {
    kind: 'comment',
    repository: codertocat,
    change: '1',
    comment: { id: '492700400', text: '/qaack build', before: null, author: 'Codertocat', ours: false },
  })
})

test('an edited comment says what it said before', () => {
  const event = eventOf(commentOf('edited', { changes: { body: { from: 'old' } } }))
  assert.ok(event?.kind === 'comment')
  assert.equal(event.comment.before, 'old')
  assert.match(reasonOf(commentOf('edited', { changes: {} })), /as it was/)
})

test('what somebody else writes into a comment is not said by its author', () => {
  const changes = { body: { from: 'old' } }
  assert.match(
    reasonOf(commentOf('edited', { changes, sender: { login: 'mallory' } })),
    /comment of Codertocat was edited by mallory/,
  )
})

test('comments on issues, and deleted ones, are ignored', () => {
  assert.match(reasonOf(commentOf('created', { pull: undefined })), /on an issue/)
  assert.match(reasonOf(commentOf('deleted')), /deleted/)
})

test('our own comments are known by the app or by its name', () => {
  const ours = (comment: object) => {
    const event = eventOf(commentOf('created', { comment }))
    return event?.kind === 'comment' && event.comment.ours
  }
  assert.equal(ours({ performed_via_github_app: { id: 4711 } }), true)
  assert.equal(ours({ performed_via_github_app: { id: 1 } }), false)
  assert.equal(ours({ user: { login: 'Qaack[bot]' } }), true)
  assert.equal(ours({ user: { login: 'qaack' } }), false)
})

test('a check is run again if it is ours', () => {
  const payload = example('check_run', 'rerequested')
  const run = payload.check_run as { head_sha: string; app: { id: number } }
  const mine = { ...payload, check_run: { ...run, app: { id: me.appId } } }
  const event = eventOf(read('check_run', mine))
  assert.ok(event?.kind === 'rerun')
  assert.deepEqual([event.hash, event.by], [run.head_sha, 'octocat'])
  assert.match(
    reasonOf(read('check_run', { ...payload, check_run: { ...run, app: { id: 1 } } })),
    /another app/,
  )
  assert.match(reasonOf(receive({ event: 'check_run', payload: JSON.stringify(mine) }, null)), /another app/)
  const suite = example('check_suite', 'rerequested')
  const ours = { ...suite, check_suite: { ...(suite.check_suite as object), app: { id: me.appId } } }
  assert.equal(eventOf(read('check_suite', ours))?.kind, 'rerun')
})

test('an installation brings its repositories, and takes them', () => {
  const payload = example('installation', 'created')
  const installed = { ...codertocat, params: { ...codertocat.params, installation: 957387 } }
  assert.deepEqual(eventOf(read('installation', payload)), {
    kind: 'repositories',
    appeared: [installed],
    gone: [],
  })
  assert.deepEqual(eventOf(read('installation', { ...payload, action: 'suspend' })), {
    kind: 'repositories',
    appeared: [],
    gone: [installed],
  })
})

test('repositories come to an installation and leave it', () => {
  const added = eventOf(read('installation_repositories', example('installation_repositories', 'added')))
  assert.ok(added?.kind === 'repositories')
  assert.deepEqual(
    [added.appeared.map(({ owner, name }) => `${owner}/${name}`), added.gone],
    [['Codertocat/Space'], []],
  )
})

test('a renamed repository keeps its key', () => {
  const event = eventOf(read('repository', example('repository', 'renamed')))
  assert.ok(event?.kind === 'repository-moved')
  assert.equal(event.repository.params.hostKey, event.repository.key)
  assert.equal(event.repository.params.repo, event.repository.name)
})

test('what is no payload is ignored with what is wrong', () => {
  assert.match(reasonOf(receive({ event: 'push', payload: '{' }, me)), /not JSON/)
  assert.match(
    reasonOf(read('push', { repository: { id: 'x' } })),
    /push is not as GitHub sends it: repository\.id/,
  )
  assert.match(reasonOf(read('constructor', {})), /nothing depends on events of kind constructor/)
})

test('no payload makes it fail', () => {
  const known = examples.filter(
    ({ event, action }) => (action === null ? event : `${event} ${action}`) in meanings,
  )
  const mutilated = fc
    .tuple(
      fc.constantFrom(...known),
      fc.array(fc.tuple(fc.nat(), fc.jsonValue()), { minLength: 1, maxLength: 4 }),
    )
    .map(([{ event, payload }, wounds]) => {
      let hurt: unknown = structuredClone(payload)
      for (const [place, value] of wounds) hurt = replaceAt(hurt, place, value)
      return { event, payload: JSON.stringify(hurt) ?? '' }
    })
  fc.assert(
    fc.property(mutilated, (delivery) => {
      const received = receive(delivery, me)
      assert.ok('events' in received || received.ignored.length > 10)
    }),
    { numRuns: 1500 },
  )
})

/** Puts a value in the place of one of the values inside, counted from the top. */
function replaceAt(whole: unknown, place: number, value: unknown): unknown {
  if (typeof whole !== 'object' || whole === null || Object.keys(whole).length === 0 || place % 5 === 4)
    return value
  const keys = Object.keys(whole)
  const key = keys[place % keys.length] ?? ''
  const inner = (whole as Record<string, unknown>)[key]
  const next = replaceAt(inner, Math.floor(place / keys.length), value)
  return Array.isArray(whole) ? whole.with(Number(key), next) : { ...whole, [key]: next }
}
