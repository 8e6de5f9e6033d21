import assert from 'node:assert/strict'
import { until } from '../../../../src/setup/server-process.ts'
import { code, replyTo, sticky } from '../stage.ts'
import type { Scenario } from './scenario.ts'

const quickActions = 'quick_actions:\n  greet: {command: "echo greetings from the action"}\n'

export const commands: Scenario[] = [
  {
    title: 'people steer a preview by comments, and are told why something was not done',
    async run({ shop, server, environment, sees, ask }) {
      await shop.ada.push('main', code('hello', { extra: quickActions }))
      await shop.ada.push('work', { 'greeting.txt': 'work\n' })
      const change = await shop.ada.open({ title: 'Work', from: 'work' })
      await sees(change, (seen) => seen.status?.state === 'success', 'it is ready')
      const said = async (text: string, expected: RegExp, by = shop.ada) => {
        const id = await by.comment(change, text)
        const seen = await sees(change, (all) => expected.test(replyTo(all, id) ?? ''), `${text} is answered`)
        await until(async () => (await seen.reactions(id)).length > 0, `${text} is acknowledged`)
        return id
      }

      await said('/qaack help', /\/qaack rebuild/, shop.mallory)
      await said('/qaack url', /qaack\.localhost/, shop.mallory)
      await said('/qaack dance', /\/qaack rebuild/)
      await said('/qaack rebuild', /write/, shop.mallory)
      await said('/qaack run greet', /greetings from the action/)
      await said('/qaack logs web', /.*/)
      await said('/qaack lock nonsense', /nonsense/)
      await said('/qaack lock web', /.*/).catch(() => undefined)
      await until(async () => {
        const view = await environment(change)
        return (view?.services[0] as { locked?: boolean } | undefined)?.locked === true
      }, 'the service is locked')
      await said('/qaack delete', /locked/)
      await shop.ada.comment(change, '/qaack unlock web')
      await until(async () => {
        const view = await environment(change)
        return (view?.services[0] as { locked?: boolean } | undefined)?.locked === false
      }, 'the service is unlocked')

      const before = await server
        .api<{ number: number }[]>('GET', '/api/events')
        .then(() => environment(change))
      const rebuild = await shop.ada.comment(change, 'Once more, please.\n\n/qaack rebuild\n')
      await until(async () => (await environment(change))?.status !== 'built', 'it is built again')
      await until(async () => (await environment(change))?.status === 'built', 'it is ready again')
      const seen = await sees(change, ({ status }) => status?.state === 'success', 'that is told')
      assert.ok((await seen.reactions(rebuild)).length > 0)
      assert.equal((await environment(change))?.id, before?.id)

      const quoted = await shop.ada.comment(
        change,
        '> /qaack delete\n\n```\n/qaack delete\n```\n\n    /qaack delete',
      )
      await said('/qaack url', /qaack\.localhost/)
      assert.equal((await environment(change))?.status, 'built', 'a quoted command is none')
      assert.deepEqual(await seen.reactions(quoted), [])
      await shop.ada.editComment(quoted, '/qaack delete')
      await until(
        async () => (await environment(change))?.status === 'empty',
        'the edited comment deletes it',
      )
      await sees(change, (all) => /deleted/i.test(sticky(all)), 'that is told')
      await shop.ada.comment(change, '/qaack build')
      await until(async () => (await environment(change))?.status === 'built', 'it is built on demand')
      assert.equal((await ask(change)).body, 'work')
    },
  },
]
