import assert from 'node:assert/strict'
import test from 'node:test'
import { states } from '../../../src/environments/environment.ts'
import { admit } from '../../../src/proxy/admit.ts'
import { environment, service } from './records.ts'

test('where nothing that was built answers, two states let requests through, all others wait with a reason in words', () => {
  const through = states.filter((state) => admit(environment({ state }), null).kind === 'forward')
  assert.deepEqual(through, ['created', 'built'])
  for (const state of states.filter((candidate) => !through.includes(candidate))) {
    const admission = admit(environment({ state }), null)
    assert.equal(admission.kind, 'wait')
    assert.match(admission.reason, /^[A-Z].*\.$/)
  }
})

test('what answers is asked in every state, also while newer services are made beside it', () => {
  const old = service('web', { default: true, target: { host: 'old', port: 2 } })
  const serving = { hash: 'a', stale: true }
  const answer = { kind: 'forward', target: { host: 'old', port: 2 }, service: 'web', stale: 'a' }
  const standing = {
    hash: 'a',
    services: [old],
    aliases: {},
    subnet: null,
    networkGeneration: 1,
    builtAt: 1,
    createdFrom: 'a',
  }
  for (const state of states.filter((one) => one !== 'empty')) {
    assert.deepEqual(admit(environment({ state, serving, services: [old] }), null), answer, state)
    const beside = environment({ state, serving, standing, services: [service('new', { default: true })] })
    assert.deepEqual(admit(beside, null), answer, state)
    assert.equal(admit(beside, 'new').kind, 'no-address', state)
  }
})

test('the reason of the environment goes before ours', () => {
  assert.deepEqual(admit(environment({ state: 'failed', reason: 'Step web.build ended with 2.' }), null), {
    kind: 'wait',
    reason: 'Step web.build ended with 2.',
  })
})

test('a request goes to the default service or to the one that was asked for, and says when it is stale', () => {
  const two = environment({
    services: [
      service('db', { target: { host: 'db', port: 1 } }),
      service('web', { default: true, target: { host: 'web', port: 2 } }),
    ],
    serving: { hash: 'a', stale: true },
  })
  assert.deepEqual(admit(two, null), {
    kind: 'forward',
    target: { host: 'web', port: 2 },
    service: 'web',
    stale: 'a',
  })
  assert.deepEqual(admit(two, 'db'), {
    kind: 'forward',
    target: { host: 'db', port: 1 },
    service: 'db',
    stale: 'a',
  })
})

test('a service without a port, or that is not there, names those with an address', () => {
  const some = environment({
    services: [
      service('worker', { default: true, port: null, target: null }),
      service('web'),
      service('api'),
    ],
  })
  assert.deepEqual(admit(some, null), {
    kind: 'no-address',
    reason: 'Service worker has no port in the Qaackfile. These have an address: web, api.',
  })
  assert.deepEqual(admit(some, 'shop'), {
    kind: 'no-address',
    reason: 'There is no service shop in this environment. These have an address: web, api.',
  })
})

test('an environment without services has no address either', () => {
  const admission = admit(environment({ services: [] }), null)
  assert.equal(admission.kind, 'no-address')
  assert.match(admission.reason, /None of its services has a port/)
})

test('a service with a port that does not run yet waits', () => {
  const admission = admit(
    environment({ state: 'created', services: [service('web', { target: null })] }),
    null,
  )
  assert.deepEqual(admission, { kind: 'wait', reason: 'Service web does not run yet.' })
})
