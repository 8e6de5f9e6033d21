import assert from 'node:assert/strict'
import test from 'node:test'
import { readSettings, settingsBody } from '../../../src/api/settings-body.ts'
import { createEnvironment } from '../../../src/environments/lifecycle.ts'
import { syncRepository } from '../../../src/environments/sync.ts'
import { updateSettings } from '../../../src/repositories/manage.ts'
import type { RepositorySettings } from '../../../src/repositories/repository.ts'
import { becomes, openHouse } from '../environments/house.ts'

const ofRepository = 'services: {inrepo: {image: web, start: serve}}\n'
const ofPanel = 'services: {inpanel: {image: web, start: serve}} # größe\n'

/** Services and reason of the branch `main`, which has a file, and of `bare`, which has none. */
async function builtWith(mode: RepositorySettings['qaackFile']['mode']) {
  await using house = await openHouse(ofRepository)
  house.origin.commit('bare', { 'README.md': 'no file' })
  house.origin.git('rm', '-rq', 'qaack')
  house.origin.git('commit', '-qm', 'no Qaackfile')
  const qaackFile = Buffer.from(ofPanel).toString('base64')
  const body = settingsBody.parse({ qaackFile: { mode, qaackFile } })
  await updateSettings(house.parts, house.repositoryId, readSettings(body))
  await syncRepository(house.parts, house.repositoryId, 'test')
  const results: Record<string, string[]> = {}
  for (const refName of ['main', 'bare']) {
    const [found] = await house.parts.store.list('environment', { refName })
    assert.ok(found)
    await createEnvironment(house.parts, found.id, {})
    const now = async () => await house.parts.store.get('environment', found.id)
    const ended = async () => ['built', 'failed'].includes((await now())?.state ?? '')
    assert.ok(await becomes(house.clock, ended), `${refName} never ended`)
    const environment = await now()
    results[refName] =
      environment?.state === 'built'
        ? environment.services.map(({ name }) => name)
        : [environment?.reason.split('\n')[0] ?? '']
  }
  return results
}

test('repo: the file of the code alone counts', async () => {
  const { main, bare } = await builtWith('repo')
  assert.deepEqual(main, ['inrepo'])
  assert.match(bare?.[0] ?? '', /qaack\/qaack\.yml/)
})

test('panel: the text of the settings alone counts, also where the code has a file', async () => {
  assert.deepEqual(await builtWith('panel'), { main: ['inpanel'], bare: ['inpanel'] })
})

test('both: the text of the settings where the code has no file', async () => {
  assert.deepEqual(await builtWith('both'), { main: ['inrepo'], bare: ['inpanel'] })
})
