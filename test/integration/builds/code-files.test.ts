import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildEnvironment } from '../../../src/environments/lifecycle.ts'
import { resetEnvironment } from '../../../src/environments/reset.ts'
import { updateSettings } from '../../../src/repositories/manage.ts'
import { supervisorPaths } from '../../../src/workloads/supervisor.ts'
import { openHouse } from '../environments/house.ts'
import { built, patch, type House } from '../reusables/reuse.ts'

const file = `
services:
  web: {image: web, checkout: true, commands: {one: echo one}, start: serve}
  worker: {image: worker, commands: {one: echo one}, start: serve}
  job: {image: job, checkout: true, commands: {one: echo one}}
  db: {image: db}
`

const key = '/root/.ssh/id_rsa'

/** Which service has its own files when, e.g. `web starts: none`; of files that came with a saved image, that they are old. */
function watch(house: House): string[] {
  const seen: string[] = []
  const look = (id: string, what: string) => {
    const made = house.engine.containers.get(id)
    const service = made?.workload.name.split('-').at(-1)
    const wanted = made?.workload.files.find(({ path }) => path === supervisorPaths.container)?.content
    const named = made?.files.get(supervisorPaths.container)?.content.toString()
    const release = named === undefined ? [] : [named === wanted ? 'release' : 'old release']
    const all = [...release, ...(made?.files.has(key) ? ['key'] : [])]
    seen.push(`${service} ${what}: ${all.join(' and ') || 'none'}`)
  }
  patch(house.engine, (container) => ({
    start() {
      look(container.id, 'starts')
      return container.start()
    },
    exec(spec) {
      if (spec.command.at(-1) === 'echo one') look(container.id, 'step')
      if (spec.command.at(-1)?.endsWith('kill -USR1 1')) look(container.id, 'release')
      return container.exec(spec)
    },
  }))
  return seen
}

test('a supervised service with code starts before it has its files, and has them before its first step', async () => {
  await using house = await openHouse(file)
  await updateSettings(house.parts, house.repositoryId, { reset: true })
  const seen = watch(house)
  await house.create()
  await built(house, house.first)
  assert.deepEqual(seen.splice(0).sort(), [
    'db starts: key',
    'job starts: key',
    'job step: key',
    'web release: release and key',
    'web starts: none',
    'web step: release and key',
    'worker release: release and key',
    'worker starts: release and key',
    'worker step: release and key',
  ])
  const web = [...house.engine.containers.values()].find(({ image }) => image.origin === 'web')
  assert.deepEqual([web?.files.has(key), web?.ownFiles().has(key)], [true, false])
  await resetEnvironment(house.parts, house.id)
  await built(house, house.first)
  assert.deepEqual(seen.sort(), [
    'db starts: key',
    'job starts: key',
    'web release: release and key',
    'web starts: release and key',
    'worker release: release and key',
    'worker starts: release and key',
  ])
})

test('a service that is created to get its files with its code gets them, though the settings lose its checkout meanwhile', async () => {
  await using house = await openHouse('services: {}')
  const settings = (checkout: string) => {
    const qaackFile = `services: {web: {image: web, ${checkout}commands: {one: echo one}, start: serve}}`
    return updateSettings(house.parts, house.repositoryId, { qaackFile: { mode: 'panel', qaackFile } })
  }
  await settings('checkout: true, ')
  const seen = watch(house)
  await house.create({ build: false })
  await house.until('created')
  assert.deepEqual(seen.splice(0), ['web starts: none'])
  await settings('')
  await buildEnvironment(house.parts, house.id)
  await built(house, house.first)
  assert.deepEqual(seen, ['web step: release and key', 'web release: release and key'])
})

test('what was saved from another container releases none: its name is known before its files are there', async () => {
  await using house = await openHouse(`reuse: all\nmake_reusable: {all: {on: web.one}}\n${file}`)
  await house.create()
  await built(house, house.first)
  const seen = watch(house)
  const second = await house.push({ more: 'code' })
  await built(house, second)
  assert.ok(seen.includes('web starts: old release'), seen.join('\n'))
  assert.ok(seen.includes('web release: release and key'), seen.join('\n'))
  const newest = [...house.engine.containers.values()].filter(({ image }) => image.origin === 'web').at(-1)
  const given = newest?.workload.command?.at(-1)
  assert.equal(newest?.files.get(supervisorPaths.container)?.content.toString(), `${given}\n`)
  assert.equal(newest?.files.get('/app/more')?.content.toString(), 'code')
})
