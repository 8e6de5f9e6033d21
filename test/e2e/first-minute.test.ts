import assert from 'node:assert/strict'
import test from 'node:test'
import { ServerProcess, until } from '../../src/setup/server-process.ts'
import { Origin } from '../fakes/origin.ts'
import { previewAll } from './first-minute.ts'
import { leavesNothing, show } from './previews.ts'

test('the first minute: repositories, their previews, a push', { timeout: 500_000 }, async (context) => {
  await using qaack = await ServerProcess.start()
  using origin = new Origin()
  using other = new Origin()

  // with five branches each in test/soak
  const [main, gone] = await previewAll(qaack, [origin, other], ['main', 'feature/two'])
  assert.ok(main && gone)

  await context.test('a preview answers by all its names, and knows where it is', async () => {
    assert.equal((await qaack.get('/', `serv-words-${main.id}.qaack.localhost`)).body, 'words of words')
    assert.match((await qaack.get('/', 'main--shop1.qaack.localhost')).body, /^hello-1-main/)
    const said = (await qaack.get('/env', `${main.id}.qaack.localhost`)).body
    const env = JSON.parse(said) as Record<string, string>
    assert.equal(env.SECRET, undefined)
    assert.equal(env.IS_QCK, 'true')
    assert.equal(env.QCK_ENVIRONMENT_URL, `http://${main.id}.qaack.localhost:${qaack.port}`)
  })

  await context.test(
    'a push rebuilds what exists, a branch that goes takes its environment along, and nothing stays on the engine',
    async () => {
      const hash = origin.commit('main', { 'greeting.txt': 'one, again' })
      origin.git('branch', '-qD', gone.branch)
      await qaack.api('POST', `/api/git/webhooks/${main.repository}`)
      await until(
        async () =>
          (await qaack.get('/', `${main.id}.qaack.localhost`)).body ===
          `one, again main ${hash} words of words`,
        'the push is served',
      )
      await qaack.api('GET', `/api/environment/${gone.id}`, undefined, [404])
      await leavesNothing(gone.id, 'nothing of the gone branch is on the engine')

      await qaack.api('DELETE', `/api/environment/${main.id}`)
      await leavesNothing(main.id, 'nothing of the deleted environment is on the engine')
      assert.equal((await show(qaack, main.id)).status, 'empty')
      assert.match(await qaack.api<string>('GET', `/api/environment/${main.id}/log`), /web\.install/)
    },
  )
})
