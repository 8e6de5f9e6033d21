import assert from 'node:assert/strict'
import test from 'node:test'
import { runAction } from '../../../src/actions/gather.ts'
import { startAction } from '../../../src/actions/run.ts'
import { answeringBuild } from '../../../src/environments/answering.ts'
import { buildEnvironment, deleteEnvironment } from '../../../src/environments/lifecycle.ts'
import { lockService } from '../../../src/environments/lock.ts'
import { drainTime } from '../../../src/environments/owns.ts'
import { updateSettings } from '../../../src/repositories/manage.ts'
import { settle } from '../../fakes/clock.ts'
import { openHouse } from '../environments/house.ts'

type House = Awaited<ReturnType<typeof openHouse>>

/** `says` is what the quick action prints; `step` is what the build does. */
function fileOf(says: string, step = 'echo built'): Record<string, string> {
  const text = `
quick_actions:
  greet: {command: "echo ${says}; printenv OF"}
  endless: {command: "echo begun; sleep 1000"}
services:
  web: {image: web, variables: {OF: ${says}}, commands: {step: "${step}"}, start: serve}
  db: {image: db}
`
  return { 'qaack/qaack.yml': text }
}

async function openBuilt(): Promise<House> {
  const house = await openHouse(fileOf('old')['qaack/qaack.yml'] ?? '')
  await house.create()
  await house.until('built')
  return house
}

const asked = { by: 'grace', signal: new AbortController().signal }

async function greeting(house: House): Promise<string> {
  const given = await runAction(house.parts, house.id, 'greet', asked)
  return given.output === 'string' ? given.text : given.output
}

test('while newer services are made beside it, and when they come to nothing, what answers has its own quick actions', async () => {
  await using house = await openBuilt()
  await house.push(fileOf('newer', 'sleep 1000'))
  await house.until('building')
  assert.equal(await greeting(house), 'old\nold\n')
  await house.push(fileOf('broken', 'exit 3'))
  await house.until('failed')
  assert.equal(await greeting(house), 'old\nold\n')
  await house.push(fileOf('new'))
  await house.until('built')
  assert.equal(await greeting(house), 'new\nnew\n')
})

test('a file that is kept in the settings counts for the builds that begin under it, not for what stands', async () => {
  await using house = await openHouse(fileOf('ofcode')['qaack/qaack.yml'] ?? '')
  const keep = (mode: 'repo' | 'panel', says: string) =>
    updateSettings(house.parts, house.repositoryId, {
      qaackFile: { mode, qaackFile: fileOf(says)['qaack/qaack.yml'] ?? '' },
    })
  await keep('panel', 'first')
  await house.create()
  await house.until('built')
  assert.equal(await greeting(house), 'first\nfirst\n')
  await keep('panel', 'second')
  assert.equal(await greeting(house), 'first\nfirst\n')
  await keep('repo', 'second')
  assert.equal(await greeting(house), 'first\nfirst\n')
  await buildEnvironment(house.parts, house.id)
  await house.untilSo(({ serving }) => serving !== null && !serving.stale, 'built again')
  assert.equal(await greeting(house), 'ofcode\nofcode\n')
  await keep('panel', 'second')
  assert.equal(await greeting(house), 'ofcode\nofcode\n')
})

test('with a locked service they run as soon as something answers again', async () => {
  await using house = await openBuilt()
  await lockService(house.parts, house.id, 'db')
  await house.push(fileOf('new', 'sleep 1000'))
  await house.until('softrebuilding')
  await house.untilSo(({ serving }) => serving === null, 'without an answer')
  await assert.rejects(greeting(house), /is softrebuilding; quick actions run in one that is built/)
  await house.push(fileOf('newest'))
  await house.until('built')
  assert.equal(await greeting(house), 'newest\nnewest\n')
})

test('an environment that is created and not built has those of its own file', async () => {
  await using house = await openHouse(fileOf('made')['qaack/qaack.yml'] ?? '')
  await house.create({ build: false })
  await house.until('created')
  assert.equal(await greeting(house), 'made\nmade\n')
})

test('one that runs goes on while newer services are made, and says why it ended when its own were taken away', async () => {
  await using house = await openBuilt()
  const action = await startAction(house.parts, house.id, 'endless', asked)
  let ended = false
  action.ended.then(
    () => (ended = true),
    () => (ended = true),
  )
  await house.push(fileOf('new'))
  await house.until('built')
  await settle()
  assert.equal(ended, false)
  await house.clock.advance(2 * drainTime)
  await assert.rejects(
    action.ended,
    /was rebuilt while quick action endless ran in service web; run it again when it is built/,
  )
  const next = await startAction(house.parts, house.id, 'endless', asked)
  await deleteEnvironment(house.parts, house.id, 'test')
  await assert.rejects(next.ended, /was rebuilt|was deleted/)
})

test('a failure beside a rebuild is its own', async () => {
  await using house = await openBuilt()
  const action = await startAction(house.parts, house.id, 'endless', asked)
  const [web] = (await house.environment()).services
  await house.push(fileOf('new', 'sleep 1000'))
  await house.until('building')
  await house.parts.engine.container(web?.containerId ?? '').stop(0)
  await assert.rejects(action.ended, /quick action endless failed with exit code 137:\nbegun$/)
})

test('of several builds of one commit the newest that went well made what answers', async () => {
  await using house = await openBuilt()
  await buildEnvironment(house.parts, house.id, {})
  await house.until('creating', 'building')
  await house.until('built')
  const builds = await house.builds()
  assert.equal(builds.length, 2)
  assert.equal(answeringBuild(await house.environment(), builds)?.number, 2)
})
