import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOf, type GitlabRequest } from '../../../fakes/gitlab-openapi/check.ts'
import { readDescription } from '../../../fakes/gitlab-openapi/description.ts'

const sha = 'a'.repeat(40)
const ada = {
  id: 2,
  username: 'ada',
  name: 'Ada Example',
  state: 'active',
  avatar_url: null,
  web_url: 'https://gitlab.example.com/ada',
}
const time = '2026-01-05T09:12:44.123Z'
const note = {
  id: 1244,
  type: null,
  body: 'ready',
  author: ada,
  created_at: time,
  updated_at: time,
  system: false,
  noteable_id: 1007,
  noteable_type: 'MergeRequest',
  noteable_iid: 7,
  project_id: 42,
  resolvable: false,
  internal: false,
}
const notes = '/projects/42/merge_requests/7/notes'

/** `POST /path?query`, with what goes along. */
function faults(line: string, more: Partial<GitlabRequest> = {}): string[] {
  const [method = '', address = ''] = line.split(' ')
  const [path = '', query = ''] = address.split('?')
  return faultsOf({ method, path, query, ...more })
}

const right: [string, Partial<GitlabRequest>?][] = [
  ['GET /user'],
  ['GET /users?username=ada'],
  [
    'GET /projects?membership=true&min_access_level=40&archived=false&per_page=100&pagination=keyset&order_by=id',
  ],
  ['GET /projects/42'],
  ['GET /projects/acme%2Fweb%2Fshop'],
  ['GET /projects/42/members/all/2'],
  ['GET /projects/42/hooks?per_page=100&page=2'],
  [
    'POST /projects/42/hooks',
    { body: { url: 'https://qaack.example.com/api/gitlab/webhooks', token: 't', push_events: true } },
  ],
  [
    'PUT /projects/42/hooks/3',
    { body: { url: 'http://qaack.example.com/hook', enable_ssl_verification: true, note_events: true } },
  ],
  ['GET /projects/42/hooks/3'],
  ['DELETE /projects/42/hooks/3', { status: 204, answer: null }],
  ['GET /projects/42/merge_requests?state=opened&scope=all&iids[]=7&iids[]=8'],
  ['GET /projects/42/merge_requests/7'],
  [
    `GET ${notes}?sort=asc&order_by=created_at&activity_filter=only_comments`,
    { status: 200, answer: [note] },
  ],
  [`POST ${notes}`, { body: { body: 'ready' }, status: 201, answer: note }],
  [`PUT ${notes}/1244`, { body: { body: 'ready' }, status: 200, answer: note }],
  [`GET ${notes}/1244`],
  [`DELETE ${notes}/1244`, { status: 204 }],
  [`GET ${notes}/1244/award_emoji`],
  [`POST ${notes}/1244/award_emoji`, { body: { name: 'eyes' } }],
  [`POST ${notes}/1244/award_emoji?name=eyes`],
  [`POST /projects/42/statuses/${sha}`, { body: { state: 'running', name: 'qaack', pipeline_id: 5 } }],
  [`POST /projects/42/statuses/${sha}?state=success&pipeline_id=5`, { body: { name: 'qaack' } }],
  [`GET /projects/42/repository/commits/${sha}/statuses?name=qaack&all=true`],
  ['GET /projects/42/environments?name=qaack%2Fmr-7'],
  ['GET /projects/42/environments/9'],
  ['DELETE /projects/42/environments/9'],
  ['POST /projects/42/environments', { body: { name: 'qaack/mr-7', tier: 'development' } }],
  ['PUT /projects/42/environments/9', { body: { external_url: 'https://mr-7.qaack.example.com' } }],
  ['POST /projects/42/environments/9/stop'],
  ['POST /projects/42/environments/9/stop', { body: {} }],
  ['GET /projects/42/deployments?environment=qaack%2Fmr-7&status=running&order_by=id&sort=desc'],
  ['GET /projects/42/deployments/11'],
  [
    'POST /projects/42/deployments',
    { body: { environment: 'qaack/mr-7', sha, ref: 'cart', tag: false, status: 'running' } },
  ],
  ['PUT /projects/42/deployments/11', { body: { status: 'canceled' } }],
]

test('requests that GitLab takes have no faults', () => {
  for (const [line, more] of right) assert.deepEqual(faults(line, more), [], line)
})

test('every route of the description has a request here', () => {
  const lines = right.map(([line]) => line.split('?')[0])
  const untried = Object.entries(readDescription().operations).flatMap(([template, methods]) =>
    Object.keys(methods)
      .map((method) => `${method.toUpperCase()} ${template}`)
      .filter((route) => {
        const expression = new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`)
        return !lines.some((line) => expression.test(line ?? ''))
      }),
  )
  assert.deepEqual(untried, [])
})

const wrong: [string, RegExp, Partial<GitlabRequest>?][] = [
  ['GET /nonsense', /has no GET \/nonsense$/],
  ['PATCH /projects/42', /has no PATCH .* other methods/],
  ['GET /projects/acme/shop', /has no GET/],
  ['GET /projects/shop', /path parameter id must match/],
  ['GET /projects/42/merge_requests/seven', /path parameter merge_request_iid must be integer/],
  ['GET /users?name=ada', /no query parameter name/],
  ['GET /projects?min_access_level=41', /min_access_level must be equal to one of .*40/],
  ['GET /projects?membership=perhaps', /membership must be boolean/],
  ['GET /projects?per_page=500', /per_page must be <= 100/],
  ['GET /projects/42/hooks?page=0', /page must be >= 1/],
  ['GET /projects/42/merge_requests?state=open', /state must be equal to one of/],
  ['GET /projects/42/merge_requests?state=opened&state=closed', /state is given 2 times/],
  ['GET /projects/42/merge_requests?iids[]=7&iids[]=b', /iids\[\] must be integer/],
  ['GET /user', /no body is expected/, { body: { a: 1 } }],
  [`POST ${notes}`, /the body is missing/],
  [`POST ${notes}`, /must have required property 'body'/, { body: { text: 'ready' } }],
  [`POST ${notes}`, /has the key text, which GitLab has not/, { body: { body: 'a', text: 'a' } }],
  [`POST ${notes}`, /body\/body must be string/, { body: { body: 5 } }],
  [`POST ${notes}`, /must be object/, { body: 'ready' }],
  [`POST ${notes}/1244/award_emoji`, /body\/name must match/, { body: { name: ':eyes:' } }],
  [`POST ${notes}/1244/award_emoji?emoji=eyes`, /no query parameter emoji/, { body: { name: 'eyes' } }],
  ['POST /projects/42/hooks', /body\/url must match format/, { body: { url: 'here' } }],
  ['PUT /projects/42/hooks/3', /required property 'url'/, { body: { note_events: true } }],
  [`POST /projects/42/statuses/${sha}`, /state must be equal to one of/, { body: { state: 'failure' } }],
  [`POST /projects/42/statuses/${sha}`, /NOT have more than 255/, { body: longStatus() }],
  ['PUT /projects/42/environments/9', /has the key name/, { body: { name: 'qaack/mr-8' } }],
  ['POST /projects/42/environments', /body\/name must match/, { body: { name: 'qaack/#7' } }],
  [
    'POST /projects/42/deployments',
    /status must be equal to one of/,
    { body: { environment: 'qaack/mr-7', sha, ref: 'cart', tag: false, status: 'created' } },
  ],
  [
    'POST /projects/42/deployments',
    /required property 'tag'/,
    { body: { environment: 'qaack/mr-7', sha, ref: 'cart', status: 'running' } },
  ],
  ['PUT /projects/42/deployments/11', /has the key ref/, { body: { status: 'success', ref: 'cart' } }],
]

function longStatus() {
  return { state: 'success', description: 'x'.repeat(256) }
}

test('each fault of a request is named, and only that', () => {
  for (const [line, expected, more] of wrong) {
    const found = faults(line, more)
    assert.ok(found.length > 0, `${line} is taken`)
    assert.ok(
      found.some((one) => expected.test(one)),
      `${line}: ${found.join('; ')}`,
    )
  }
  assert.equal(faults(`POST ${notes}`, { body: { body: 5 } }).length, 1)
})

test('several faults of one request are all named', () => {
  assert.equal(faults('GET /projects?owner=me&per_page=0&sort=up').length, 3)
})

const answers: [string, RegExp | null, Partial<GitlabRequest>][] = [
  [`GET ${notes}`, null, { status: 200, answer: [] }],
  [`GET ${notes}`, /answer 200 must be array/, { status: 200, answer: note }],
  [
    `GET ${notes}`,
    /answer 200\/0 .*required property 'author'/,
    { status: 200, answer: [without(note, 'author')] },
  ],
  [`GET ${notes}`, /has the field text/, { status: 200, answer: [{ ...note, text: 'ready' }] }],
  [
    `GET ${notes}`,
    /created_at must match format/,
    { status: 200, answer: [{ ...note, created_at: '2026-01-05' }] },
  ],
  [
    `GET ${notes}`,
    /author .*required property 'state'/,
    { status: 200, answer: [{ ...note, author: without(ada, 'state') }] },
  ],
  [`GET ${notes}`, /knows no answer 206/, { status: 206, answer: [] }],
  ['GET /user', /knows no answer 302/, { status: 302 }],
  ['GET /projects/42/hooks', null, { status: 403, answer: { message: '403 Forbidden' } }],
  ['GET /projects/42/hooks', null, { status: 404, answer: { error: '404 Not Found' } }],
  ['GET /projects/42/hooks', /answer 404 /, { status: 404, answer: { reason: 'gone' } }],
  ['GET /projects/42/hooks', null, { status: 429, answer: 'Retry later\n' }],
  ['GET /projects/42/hooks', null, { status: 502, answer: '<html>' }],
  ['DELETE /projects/42/hooks/3', /answer 204 is empty/, { status: 204, answer: { id: 3 } }],
  ['DELETE /projects/42/hooks/3', /knows no answer 200/, { status: 200 }],
]

test('what is answered is held to the description too', () => {
  for (const [line, expected, more] of answers) {
    const found = faults(line, more)
    if (expected === null) assert.deepEqual(found, [], `${line} ${more.status}`)
    else assert.match(found.join('; '), expected, `${line} ${more.status}`)
  }
})

function without(one: Record<string, unknown>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(one).filter(([name]) => name !== key))
}
