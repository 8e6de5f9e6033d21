import assert from 'node:assert/strict'
import { until } from '../../../../src/setup/server-process.ts'
import { code, replyTo, sticky } from '../stage.ts'
import type { Scenario } from './scenario.ts'

export const forks: Scenario[] = [
  {
    title: 'a change from a fork waits for approval of exactly its commit, and is built without secrets',
    async run({ host, shop, server, environment, sees, ask }) {
      await shop.ada.push('main', code('hello from main'))
      const first = await shop.mallory.pushToFork('gift', {
        'greeting.txt': 'a gift\n',
        'qaack/qaack.yml': 'services: {web: {image: somebody/else}}\n',
      })
      const change = await shop.mallory.open({ title: 'A gift', from: 'gift', fork: true })
      const waiting = await sees(
        change,
        (seen) => sticky(seen).includes(`/qaack approve ${first.slice(0, 7)}`) && seen.status !== null,
        'the comment says who must do what',
      )
      assert.equal(waiting.status?.state, 'pending')
      assert.equal(waiting.deployments.length, 0)
      assert.equal(await environment(change), undefined)

      const own = await shop.mallory.comment(change, '/qaack approve')
      await sees(change, (seen) => /write/.test(replyTo(seen, own) ?? ''), 'mallory may not approve it')
      assert.equal(await environment(change), undefined)

      await shop.grace.comment(change, `Looks good.\n\n/qaack approve ${first.slice(0, 7)}`)
      await sees(change, ({ status }) => status?.state === 'success', 'it is built after the approval')
      assert.equal((await ask(change)).body, 'a gift', "built by the base branch's Qaackfile")
      const env = (await ask(change, '/env')).body
      for (const secret of [server.token, ...host.secrets])
        assert.ok(!env.includes(secret), `env has ${secret}`)

      const second = await shop.mallory.pushToFork('gift', { 'greeting.txt': 'a trap\n' })
      const again = await sees(
        change,
        (seen) => sticky(seen).includes(`/qaack approve ${second.slice(0, 7)}`) && seen.status !== null,
        'the push needs an approval of its own',
      )
      assert.equal(again.status?.state, 'pending')
      assert.equal((await ask(change)).body, 'a gift', 'what was approved is still there')

      const late = await shop.grace.comment(change, `/qaack approve ${first.slice(0, 7)}`)
      await sees(
        change,
        (seen) => replyTo(seen, late) !== undefined,
        'the old commit is not to be approved any more',
      )
      assert.equal((await ask(change)).body, 'a gift')

      await shop.mallory.close(change)
      await until(async () => (await environment(change)) === undefined, 'closing ends it')
    },
  },
]
