import assert from 'node:assert/strict'
import test from 'node:test'
import { createApi } from '../../../src/api/api.ts'
import { setVariable } from '../../../src/variables/keep.ts'
import { hookInbox } from '../../fakes/hooks.ts'
import { openChanges } from './setting.ts'

const adminToken = 'admin-token-of-the-tests'
const secret = 'hunter22'

/** Change 12 with its preview, built by `step`, at an API. */
async function openPreview(step: string, state: string) {
  const at = await openChanges({
    qaackfile: `services:\n  web: {image: web, commands: {step: "${step}"}, start: serve}\n`,
  })
  const owner = { kind: 'repository', id: at.repositoryId, name: 'shop' } as const
  await setVariable(at.parts, owner, { name: 'KEY', value: secret, type: 'secret' }, 'grace')
  await at.tell(at.offer('12', { 'a.txt': 'one' }))
  const { id } = await at.untilPreview('12', state)
  const api = await createApi(at.parts, {
    adminToken,
    inbox: hookInbox(at.parts),
    github: () => null,
  })
  const headers = { 'x-qaack-token': adminToken }
  return {
    ...at,
    id,
    get: (path: string) => api.inject({ method: 'GET', url: `/api/environment/${id}${path}`, headers }),
    follow: (path: string) =>
      api.inject({ method: 'GET', url: `/api/environment/${id}${path}`, headers, payloadAsStream: true }),
    post: (path: string, payload: object) =>
      api.inject({ method: 'POST', url: `/api/environment/${id}${path}`, headers, payload }),
    async [Symbol.asyncDispose]() {
      await api.close()
      await at[Symbol.asyncDispose]()
    },
  }
}

test('what a service says and what is run in it show no secret, by API and by comment', async () => {
  await using at = await openPreview('printenv KEY', 'built')
  const [container] = at.engine.containers.values()
  container?.say(Buffer.from('the key is hunt'))
  container?.say(Buffer.from('er22, or aHVudGVyMjI=\n'))
  const hidden = 'the key is •••, or •••\n'
  assert.equal((await at.get('/service/web/log')).body, hidden)
  assert.equal((await at.get('/service/web/log?tail=1')).body, hidden)
  const ran = await at.post('/service/web/exec', { command: 'printenv KEY; echo x; exit 2' })
  assert.deepEqual(ran.json(), { exitCode: 2, output: '•••\nx\n' })
  assert.match((await at.say('12', '/qaack logs web')).text, /the key is •••, or •••\n/)
  assert.match((await at.say('12', '/qaack logs')).text, /\nweb \| •••\n/)
  assert.match((await at.get('/log')).body, /\nweb \| •••\n/)
})

test('a log that was written before its secret was one does not show it on a change', async () => {
  await using at = await openPreview('echo passw0rd', 'built')
  assert.match((await at.say('12', '/qaack logs')).text, /web \| passw0rd\n/)
  const owner = { kind: 'repository', id: at.repositoryId, name: 'shop' } as const
  await setVariable(at.parts, owner, { name: 'LATER', value: 'passw0rd', type: 'secret' }, 'grace')
  assert.match((await at.say('12', '/qaack logs')).text, /web \| •••\n/)
})

test('the last words of a step that fails show no secret, wherever they are told', async () => {
  await using at = await openPreview('echo cannot log in with hunter22; exit 3', 'failed')
  const { reason } = await at.preview('12')
  assert.match(reason, /cannot log in with •••/)
  const everywhere = JSON.stringify([
    await at.parts.store.list('environment', {}),
    await at.parts.store.list('build', {}),
    await at.parts.store.events({ since: 0 }),
    (await at.get('')).body,
    (await at.get('/log')).body,
    (await at.say('12', '/qaack logs')).text,
  ])
  assert.ok(everywhere.includes('cannot log in with •••'))
  // The command itself is in the Qaackfile, which everybody may read who reads the repository; its echo is masked all the same.
  assert.ok(!everywhere.includes(secret))
})

test(
  'a secret that comes while somebody follows a log is hidden from then on',
  { timeout: 60_000 },
  async () => {
    await using at = await openPreview('echo hello', 'built')
    const [container] = at.engine.containers.values()
    container?.say(Buffer.from('the later one is passw0rd, '))
    const pieces = (await at.follow('/service/web/log?follow=true')).stream()
    let shown = ''
    const until = async (end: string) => {
      for await (const piece of pieces.iterator({ destroyOnReturn: false }))
        if ((shown += String(piece)).endsWith(end)) return
    }
    await until('passw0rd, ')
    const owner = { kind: 'repository', id: at.repositoryId, name: 'shop' } as const
    await setVariable(at.parts, owner, { name: 'LATER', value: 'passw0rd', type: 'secret' }, 'grace')
    container?.say(Buffer.from('and again passw0rd.\n'))
    await until('\n')
    assert.equal(shown, 'the later one is passw0rd, and again •••.\n')
    container?.stop()
    await until('never said')
  },
)

test('a secret that comes while a build runs is hidden in the rest of its log', async () => {
  await using at = await openChanges({
    qaackfile: 'services:\n  web: {image: web, commands: {step: slow}, start: serve}\n',
  })
  let say: ((chunk: Buffer) => unknown) | undefined
  at.engine.options.answer = ({ command, onOutput }) => {
    if (!command.join(' ').includes('slow')) return undefined
    say = onOutput
    return { hang: true }
  }
  await at.tell(at.offer('12', { 'a.txt': 'one' }))
  await at.untilTrue(() => Promise.resolve(say !== undefined), 'in the step')
  say?.(Buffer.from('first passw0rd\n'))
  const owner = { kind: 'repository', id: at.repositoryId, name: 'shop' } as const
  await setVariable(at.parts, owner, { name: 'LATER', value: 'passw0rd', type: 'secret' }, 'grace')
  const [build] = await at.parts.store.list('build', { repositoryId: at.repositoryId })
  const log = async () => (await at.parts.store.readLog(build?.id ?? '')).text
  await at.untilTrue(async () => {
    say?.(Buffer.from('then passw0rd\n'))
    return (await log()).includes('web | then •••\n')
  }, 'hidden')
  assert.ok((await log()).includes('web | first passw0rd\n'), 'it was no secret yet')
  for (const container of at.engine.containers.values()) container.stop()
  await at.untilPreview('12', 'failed')
})
