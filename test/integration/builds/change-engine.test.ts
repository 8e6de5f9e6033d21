import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { dropEnvironment, createEnvironment } from '../../../src/environments/lifecycle.ts'
import { createGitHost } from '../../../src/hosts/git/git-host.ts'
import { Worker } from '../../../src/queue/worker.ts'
import { addGroup, addRepository } from '../../../src/repositories/manage.ts'
import { until } from '../../../src/setup/server-process.ts'
import { openDockerWithTar } from '../../contract/engines/docker.ts'
import { Origin } from '../../fakes/origin.ts'
import { makeParts } from '../../fakes/parts.ts'
import { changes, offer } from './changes.ts'

test('a merged change is built and served by a real engine', async () => {
  const { engine, image } = await openDockerWithTar()
  await using made = await makeParts({ engine })
  const parts = {
    ...made,
    instance: `test-${randomBytes(5).toString('hex')}`,
    hosts: { generic: { ...createGitHost(), changes } },
  }
  using origin = new Origin()
  const file = `
services:
  web:
    image: ${image}
    checkout: true
    path: /app
    port: 3000
    start: node server.js
`
  const server = `require('http').createServer((_, response) => response.end(require('fs').readFileSync('old') + '' +
  require('fs').readFileSync('new') + process.env.QCK_CHANGE_NUMBER + process.env.QCK_ENVIRONMENT_HASH)).listen(3000)`
  origin.commit('main', { 'qaack/qaack.yml': file, 'server.js': server })
  const hash = origin.commit('feature', { new: 'of the change, ' })
  origin.commit('main', { old: 'of the target, ' })
  const group = await addGroup(parts, 'default')
  const params = { origin: origin.dir }
  const repository = await addRepository(parts, group.id, { name: 'shop', type: 'generic', params })
  const worker = new Worker(parts, { owner: 'worker', slots: { create: 1, build: 1 } })
  await worker.start({ alone: true })
  const { environmentId } = await offer({ parts, origin, repositoryId: repository.id }, hash)
  try {
    await createEnvironment(parts, environmentId, {})
    const now = () => parts.store.get('environment', environmentId)
    await until(async () => ['built', 'failed'].includes((await now())?.state ?? ''), 'the change is built')
    const environment = await now()
    assert.ok(environment)
    assert.equal(environment.state, 'built', environment.reason)
    const target = environment.services[0]?.target
    const response = await fetch(`http://${target?.host}:${target?.port}/`)
    assert.equal(await response.text(), `of the target, of the change, 12${hash}`)
    const [build] = await parts.store.list('build', { environmentId })
    const { text } = await parts.store.readLog(build?.id ?? '')
    assert.match(text, /==> web answered 200 after/)
  } finally {
    await dropEnvironment(parts, environmentId, 'the test ends')
    await worker.stop()
    await parts.background.drained()
  }
  assert.deepEqual(await engine.list({ 'qaack.instance': parts.instance }), [])
})
