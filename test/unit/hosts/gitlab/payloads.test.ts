import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { HostEvent } from '../../../../src/hosts/event.ts'
import { receive } from '../../../../src/hosts/gitlab/receive.ts'
import type { Received } from '../../../../src/hosts/host.ts'
import { gitlabPayload, gitlabPayloads } from '../../../fakes/gitlab-payloads.ts'

/** The user qaack-bot, whom test/fixtures/gitlab has as 5. */
function isOurs(instance: string, userId: string): boolean {
  return instance === 'https://gitlab.example.com' && userId === '5'
}

function read(event: string, payload: unknown): Received {
  return receive({ event, payload: JSON.stringify(payload) ?? '' }, isOurs)
}

function readNamed(name: string): Received {
  const { event, payload } = gitlabPayload(name)
  return read(event, payload)
}

function eventOf(received: Received): HostEvent {
  assert.ok('events' in received, JSON.stringify(received))
  const [event, ...more] = received.events
  assert.ok(event && more.length === 0)
  return event
}

function changeOf(name: string) {
  const event = eventOf(readNamed(name))
  assert.ok(event.kind === 'change', name)
  return event.change
}

function commentOf(name: string) {
  const event = eventOf(readNamed(name))
  assert.ok(event.kind === 'comment', name)
  return event
}

function reasonOf(name: string): string {
  const received = readNamed(name)
  assert.ok('ignored' in received, `${name}: ${JSON.stringify(received)}`)
  return received.ignored
}

/** What payloads mean to us, by the beginning of their name, the first that fits; all others are ignored. */
const meanings: [RegExp, HostEvent['kind'] | 'ignored'][] = [
  [/^(system-)?(push|tag-push)|^system-repository-update/, 'refs-changed'],
  [/^merge-request-(approv|unapprov)/, 'ignored'],
  [/^(system-)?merge-request/, 'change'],
  [/^note-merge-request-internal$/, 'ignored'],
  [/^note-merge-request/, 'comment'],
  [/^system-(project-(create|destroy|rename|transfer)|group-rename)$/, 'repositories'],
]

function meaningOf(name: string): HostEvent['kind'] | 'ignored' {
  return meanings.find(([expression]) => expression.test(name))?.[1] ?? 'ignored'
}

test('every payload means what it should, or is ignored with a sentence', () => {
  assert.ok(gitlabPayloads.length > 85, `${gitlabPayloads.length} payloads`)
  for (const { name, event, payload } of gitlabPayloads) {
    const received = read(event, payload)
    const kind = 'events' in received ? received.events[0]?.kind : 'ignored'
    assert.equal(kind, meaningOf(name), `${name}: ${JSON.stringify(received)}`)
    if ('ignored' in received) {
      assert.match(received.ignored, /^\S+ \S+ .+/, name)
      assert.doesNotMatch(received.ignored, /not as GitLab sends it|undefined/, name)
    }
    assertComplete(received, name)
  }
})

test('every kind of hook that GitLab documents is among them', () => {
  const kinds = [...new Set(gitlabPayloads.map(({ event }) => event.replace(/ Hook$/, '')))].sort()
  assert.deepEqual(kinds, [
    'Confidential Issue',
    'Confidential Note',
    'Deployment',
    'Emoji',
    'Feature Flag',
    'Issue',
    'Job',
    'Member',
    'Merge Request',
    'Milestone',
    'Note',
    'Pipeline',
    'Project',
    'Push',
    'Release',
    'Resource Access Token',
    'Subgroup',
    'System',
    'Tag Push',
    'Vulnerability',
    'Wiki Page',
    'Work Item',
  ])
})

test('a push names the project by what lasts', () => {
  for (const name of ['push', 'push-deleted-branch', 'tag-push-deleted', 'system-repository-update']) {
    const event = eventOf(readNamed(name))
    assert.ok(event.kind === 'refs-changed' && event.repository, name)
    const { key, owner, name: repository, params } = event.repository
    assert.deepEqual([key, owner, repository], ['gitlab.example.com#42', 'acme', 'shop'])
    assert.deepEqual(params, {
      instanceUrl: 'https://gitlab.example.com',
      group: 'acme',
      project: 'shop',
      hostKey: 'gitlab.example.com#42',
    })
  }
})

function lastCommitOf(name: string): string {
  const { object_attributes: told } = gitlabPayload(name).payload as {
    object_attributes: { last_commit: { id: string } }
  }
  return told.last_commit.id
}

test('what happens to a merge request is what it is then', () => {
  assert.equal(changeOf('merge-request-update-code').hash, lastCommitOf('merge-request-update-code'))
  assert.notEqual(changeOf('merge-request-update-code').hash, changeOf('merge-request-open').hash)
  assert.deepEqual(changeOf('merge-request-update-labels').labels, ['preview', 'bug'])
  assert.deepEqual(changeOf('merge-request-update-labels-gone').labels, [])
  assert.equal(changeOf('merge-request-update-title').title, 'A much dearer cart')
  assert.equal(changeOf('merge-request-update-target').target, 'release')
  assert.deepEqual(
    ['open-draft', 'update-draft', 'update-ready'].map((what) => changeOf(`merge-request-${what}`).draft),
    [true, true, false],
  )
  assert.deepEqual(
    ['close', 'reopen', 'merge'].map((what) => changeOf(`merge-request-${what}`).state),
    ['closed', 'open', 'merged'],
  )
})

test('code from another project is from a fork, also once that was deleted', () => {
  assert.deepEqual(
    ['open', 'open-fork', 'merge-fork-gone'].map((what) => changeOf(`merge-request-${what}`).fork),
    [false, true, true],
  )
})

test('times are the same however they are written', () => {
  assert.equal(changeOf('system-merge-request').updatedAt, changeOf('merge-request-open').updatedAt)
})

test('who approves a merge request is nothing to us', () => {
  for (const what of ['approved', 'unapproved', 'approval', 'unapproval']) {
    assert.match(reasonOf(`merge-request-${what}`), new RegExp(`action ${what}$`))
  }
})

test('a note names the merge request, and its author', () => {
  const { change, comment } = commentOf('note-merge-request')
  assert.equal(change, '7')
  assert.deepEqual(comment, { id: '1244', text: '/qaack build', before: null, author: 'ada', ours: false })
  assert.equal(commentOf('note-merge-request-fork').comment.author, 'mallory')
  assert.equal(commentOf('note-merge-request-ours').comment.ours, true)
  assert.equal(commentOf('note-merge-request-update').comment.before, undefined)
})

test('notes that command nothing are ignored, each for its reason', () => {
  assert.match(reasonOf('note-system'), /GitLab wrote/)
  for (const what of ['commit', 'issue', 'snippet']) {
    assert.match(reasonOf(`note-${what}`), /something else than a merge request/)
  }
})

test('what is not from a hook of GitLab is ignored with what is wrong', () => {
  const cut = receive({ event: 'Push Hook', payload: '{"project": ' }, isOurs)
  assert.ok('ignored' in cut && /not JSON/.test(cut.ignored))
  const empty = read('Merge Request Hook', {})
  assert.ok('ignored' in empty && /not as GitLab sends it: \w/.test(empty.ignored))
  for (const event of ['constructor', '__proto__', '']) {
    const unknown = read(event, gitlabPayload('push').payload)
    assert.ok('ignored' in unknown && /nothing depends on/.test(unknown.ignored), event)
  }
})

type Wound = { place: number; deed: 'remove' } | { place: number; deed: 'replace'; value: unknown }

const wound: fc.Arbitrary<Wound> = fc.oneof(
  fc.record({ place: fc.nat(), deed: fc.constant('remove' as const) }),
  fc.record({
    place: fc.nat(),
    deed: fc.constant('replace' as const),
    value: fc.oneof(fc.constantFrom<unknown>(null, '', 0, -1, 1.5, true, [], {}), fc.jsonValue()),
  }),
)

const hurt = fc
  .tuple(
    fc.constantFrom(...gitlabPayloads.filter(({ name }) => meaningOf(name) !== 'ignored')),
    fc.array(wound, { minLength: 1, maxLength: 5 }),
  )
  .map(([{ name, event, payload }, wounds]) => {
    const whole = { payload: structuredClone<unknown>(payload) }
    for (const one of wounds) strike(whole, one)
    return { name, event, payload: JSON.stringify(whole.payload) ?? '' }
  })

test('no payload makes it fail, whatever of it is missing or something else', () => {
  let translated = 0
  fc.assert(
    fc.property(hurt, ({ name, event, payload }) => {
      const received = receive({ event, payload }, isOurs)
      if ('ignored' in received) assert.match(received.ignored, /^\S+ \S+ .+/)
      else translated += 1
      assertComplete(received, name)
    }),
    { numRuns: 1500 },
  )
  // many wounds are of fields that nobody reads: otherwise only refusals would have been tried
  assert.ok(translated > 150, `${translated} were translated`)
})

test('each single field that is missing, null or something else does no harm', () => {
  for (const name of ['push', 'merge-request-open-draft', 'note-merge-request', 'system-project-rename']) {
    const { event, payload } = gitlabPayload(name)
    for (let place = 0; place < placesOf({ payload }).length; place++) {
      for (const value of [undefined, null, 'x', 7, [], {}]) {
        const whole = { payload: structuredClone<unknown>(payload) }
        strike(whole, value === undefined ? { place, deed: 'remove' } : { place, deed: 'replace', value })
        assertComplete(read(event, whole.payload), name)
      }
    }
  }
})

/** Where something can be changed: every value inside, with what holds it. */
function placesOf(whole: object): [holder: Record<string, unknown>, key: string][] {
  return Object.entries(whole).flatMap(([key, inner]) => {
    const own: [Record<string, unknown>, string] = [whole as Record<string, unknown>, key]
    return typeof inner === 'object' && inner !== null ? [own, ...placesOf(inner as object)] : [own]
  })
}

function strike(whole: object, wound: Wound): void {
  const places = placesOf(whole)
  const found = places[wound.place % Math.max(places.length, 1)]
  if (!found) return
  const [holder, key] = found
  if (wound.deed === 'remove') Reflect.deleteProperty(holder, key)
  else holder[key] = wound.value
}

/** Nothing in it is undefined, or a number that is none. */
function assertComplete(received: Received, name: string): void {
  if ('ignored' in received) return
  assert.ok(received.events.length > 0, name)
  for (const [holder, key] of received.events.flatMap((event) => placesOf(event))) {
    const value = holder[key]
    // of an edited comment nobody knows it
    if (key === 'before' && value === undefined) continue
    assert.ok(value !== undefined && !Number.isNaN(value), `${name}: ${key} of ${JSON.stringify(received)}`)
  }
}
