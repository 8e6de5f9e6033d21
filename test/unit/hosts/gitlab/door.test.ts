import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { GitlabConfig } from '../../../../src/config/config.ts'
import { createDoor } from '../../../../src/hosts/gitlab/door.ts'
import { hookToken } from '../../../../src/hosts/gitlab/secrets.ts'
import { ManualClock } from '../../../fakes/clock.ts'
import { gitlabPayload } from '../../../fakes/gitlab-payloads.ts'
import { settings } from './answers.ts'

const secretKey = 'the key of the server'
const clock = new ManualClock()
const ours = hookToken(secretKey, { hostKey: 'gitlab.example.com#42', path: null })
const { event, payload } = gitlabPayload('push')
const given: GitlabConfig | null = settings

function hear(
  headers: Record<string, string | string[]>,
  { body = JSON.stringify(payload), config = given } = {},
) {
  const all = { 'x-gitlab-event': event, 'content-type': 'application/json', ...headers }
  return createDoor({ config, secretKey, clock }).hear({ headers: all, body: Buffer.from(body) })
}

function refusal(...given: Parameters<typeof hear>) {
  const heard = hear(...given)
  return 'refused' in heard ? heard.refused : 'believed'
}

test('it is where GitLab calls, and takes as much as GitLab sends', () => {
  const { path, limit } = createDoor({ config: null, secretKey, clock })
  assert.deepEqual([path, limit], ['/api/gitlab/webhooks', 26_214_400])
})

test('a call with the token of the webhook of its project is believed, with and without settings', () => {
  for (const config of [settings, null]) {
    assert.deepEqual(hear({ 'x-gitlab-token': ours, 'idempotency-key': 'k' }, { config }), {
      delivery: { event: 'Push Hook', payload: JSON.stringify(payload) },
      deliveryId: 'k',
    })
  }
})

test('every project has another token, at every instance', () => {
  const of = (key: string) => ({ 'x-gitlab-token': hookToken(secretKey, { hostKey: key, path: null }) })
  assert.equal(refusal(of('gitlab.example.com#42')), 'believed')
  for (const key of ['gitlab.example.com#43', 'gitlab.com#42', 'gitlab.example.com:80#42', '#42'])
    assert.equal(refusal(of(key)), 401, key)
  const other = {
    'x-gitlab-token': hookToken('another server', { hostKey: 'gitlab.example.com#42', path: null }),
  }
  assert.equal(refusal(other), 401)
  assert.match(ours, /^[\w-]+\.[\w-]{43}$/)
})

test('the secret of the settings is for their instance', () => {
  const token = { 'x-gitlab-token': settings.webhookSecret ?? '' }
  assert.equal(refusal(token), 'believed')
  const config = { ...settings, url: 'https://gitlab.com' }
  const heard = hear(token, { config })
  assert.ok('refused' in heard && heard.why.includes('https://gitlab.com'))
  assert.equal(refusal(token, { config: null }), 401)
  assert.equal(refusal(token, { config: { ...settings, webhookSecret: null } }), 401)
})

test('system hooks say nothing of a project at times', () => {
  const body = JSON.stringify({ event_name: 'project_create', project_id: 42 })
  const system = { 'x-gitlab-event': 'System Hook', 'x-gitlab-token': 'of the settings' }
  assert.equal(refusal(system, { body }), 'believed')
  assert.equal(refusal({ ...system, 'x-gitlab-token': ours }, { body }), 401)
})

for (const [name, token] of Object.entries({
  'half of it': ours.slice(0, -20),
  'its proof alone': ours.slice(ours.indexOf('.') + 1),
  'its name alone': `${ours.slice(0, ours.indexOf('.'))}.`,
  'of another name': `${Buffer.from('gitlab.example.com#43').toString('base64url')}${ours.slice(ours.indexOf('.'))}`,
  'written in another way': ours.replace('.', '=.'),
  'three of them': `${ours}.${ours}`,
  'more than it': `${ours}x`,
  'another case': ours.toLowerCase(),
  'something else': 'x',
  undefined: 'undefined',
})) {
  test(`a token that is ${name} is refused`, () => {
    assert.equal(refusal({ 'x-gitlab-token': token }), 401)
  })
}

test('no proof, an empty one, or two are refused before the body is read', () => {
  const none: Record<string, string | string[]>[] = [
    {},
    { 'x-gitlab-token': '' },
    { 'x-gitlab-token': [ours, ours] },
  ]
  for (const headers of none) assert.equal(refusal(headers, { body: 'no JSON' }), 401)
})

test('what a stranger sends is not read', () => {
  const deep = '['.repeat(1000)
  for (const token of ['x', `${ours}x`])
    assert.equal(refusal({ 'x-gitlab-token': token }, { body: deep }), 401)
  assert.equal(refusal(signed('unknown'), { body: deep }), 401)
})

test('what is no call of GitLab is named as that', () => {
  assert.equal(refusal({ 'x-gitlab-event': '', 'x-gitlab-token': ours }), 400)
  assert.equal(refusal({ 'x-gitlab-token': ours }, { body: '{' }), 400)
  assert.equal(refusal({ 'x-gitlab-token': ours }, { body: '' }), 400)
})

for (const body of ['null', '7', '[]', '{}', '{"project":null}', '{"project":{"id":"42"}}']) {
  test(`${body} is about no project, so no token of one proves it`, () => {
    assert.equal(refusal({ 'x-gitlab-token': ours }, { body }), 401)
  })
}

test('a project whose page is not its own is not believed', () => {
  const project = { ...(payload['project'] as object), path_with_namespace: 'evil/shop' }
  assert.equal(refusal({ 'x-gitlab-token': ours }, { body: JSON.stringify({ ...payload, project }) }), 401)
})

const seconds = () => String(clock.now() / 1000)

function signed(secret: string, { id = 'msg', timestamp = seconds(), body = JSON.stringify(payload) } = {}) {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}

const signing = `whsec_${Buffer.from('thirty-two bytes of a signing key').toString('base64')}`
const config = { ...settings, webhookSecret: signing }

test('a signature with a secret that we know is believed, among several', () => {
  assert.equal(refusal(signed(signing), { config }), 'believed')
  assert.equal(refusal(signed('of the settings')), 'believed')
  const headers = signed(signing)
  const several = `v1,AAAA v1a,BBBB ${headers['webhook-signature']}`
  assert.equal(refusal({ ...headers, 'webhook-signature': several }, { config }), 'believed')
})

test('the id of a signed call is its own', () => {
  // What else names it is not signed: with that, somebody could repeat it.
  const headers = { ...signed(signing, { id: 'msg_1' }), 'idempotency-key': 'new' }
  const heard = hear(headers, { config })
  assert.ok('deliveryId' in heard && heard.deliveryId === 'msg_1')
})

test('a signature of something else, of another secret, or too old is refused', () => {
  const good = signed(signing)
  const wrong: Record<string, string>[] = [
    { ...good, 'webhook-id': 'other' },
    { ...good, 'webhook-timestamp': String(Number(seconds()) + 1) },
    { ...good, 'webhook-signature': good['webhook-signature'].replace('v1,', 'v2,') },
    { ...good, 'webhook-signature': good['webhook-signature'].replace('v1,', '') },
    { ...good, 'webhook-signature': 'v1,' },
    { 'webhook-signature': good['webhook-signature'] },
    signed(`whsec_${Buffer.from('another').toString('base64')}`),
    signed(signing, { body: '{}' }),
    signed(signing, { timestamp: String(Number(seconds()) - 301) }),
    signed(signing, { timestamp: String(Number(seconds()) + 301) }),
    signed(signing, { timestamp: 'now' }),
    signed(signing, { timestamp: '' }),
  ]
  for (const headers of wrong) assert.equal(refusal(headers, { config }), 401, JSON.stringify(headers))
  assert.equal(
    refusal(signed(signing, { timestamp: String(Number(seconds()) - 300) }), { config }),
    'believed',
  )
})

test('what is no whole secret signs nothing', () => {
  for (const webhookSecret of ['', 'whsec_', 'whsec_%%', 'whsec_aGFsZg=='])
    assert.equal(refusal(signed(webhookSecret), { config: { ...settings, webhookSecret } }), 401)
})

test('older versions name the request only, which calls of one webhook share', () => {
  const idOf = (headers: Record<string, string>, body = JSON.stringify(payload)) => {
    const heard = hear({ 'x-gitlab-token': ours, ...headers }, { body })
    return 'deliveryId' in heard ? heard.deliveryId : heard.why
  }
  const request = { 'x-gitlab-event-uuid': '13792a34', 'x-gitlab-webhook-uuid': 'new each time' }
  assert.match(idOf(request) ?? '', /^13792a34-[0-9a-f]{16}$/)
  assert.equal(idOf(request), idOf(request))
  assert.notEqual(idOf(request), idOf(request, JSON.stringify({ ...payload, ref: 'refs/heads/other' })))
  assert.equal(idOf({ ...request, 'idempotency-key': 'key' }), 'key')
  assert.equal(idOf({}), null)
})
