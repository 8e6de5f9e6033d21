import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '../../src/clock.ts'
import { startGithub, type LocalGithub } from '../../src/demo/github/start.ts'
import { GithubLink } from '../../src/github-link.ts'
import { silentLogger } from '../../src/logger.ts'
import { configOf } from './hosts/github/desk.ts'

let github: LocalGithub
before(async () => {
  github = await startGithub()
})
after(() => github.close())

function link(connected: () => void = () => undefined): GithubLink {
  return new GithubLink({ logger: silentLogger, clock: systemClock, app: () => undefined, connected })
}

test('an app that was forgotten while it was being connected stays forgotten', async () => {
  const told: string[] = []
  const one = link(() => told.push('connected'))
  const connecting = one.connect(configOf(github))
  one.disconnect()
  await connecting
  assert.equal(one.connection(), null)
  assert.deepEqual(told, [])
  await one.connect(configOf(github))
  assert.equal(one.connection()?.app.id, github.app.appId)
  assert.deepEqual(told, ['connected'])
})

test('also with an app that does not work it becomes known that there is no connection', async () => {
  const one = link()
  const broken = { ...configOf(github), privateKey: 'nothing' }
  await one.open({ github: broken, dataDir: '/nowhere' }, 'key')
  await one.opened()
  assert.equal(one.connection(), null)
})
