import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import test from 'node:test'
import { ServerProcess, until, type Answer } from '../../src/setup/server-process.ts'
import { Origin } from '../fakes/origin.ts'
import { addRepository, environmentOf, leavesNothing, onEngine, show, waitFor } from './previews.ts'

/** A shop that says its version, and a store that keeps rows in a file of its container. */
const file = (version: string, step = 'true') =>
  `
services:
  web:
    image: qaack-base/node:latest
    port: 80
    default: true
    depends_on: [store]
    commands: {step: "${step}"}
    start: node -e "require('http').createServer((q, a) => a.end('${version}')).listen(80)"
  store:
    image: qaack-base/node:latest
    ready: {command: test -e /rows}
    start: touch /rows; exec sleep 100000
`.trimStart()

/** Asks ten times a second until it is stopped, and keeps all answers. */
function asking(server: ServerProcess, id: string) {
  const answers: Answer[] = []
  let going = true
  const done = (async () => {
    while (going) {
      const [answer] = await Promise.all([server.get('/', `${id}.qaack.localhost`), pause(100)])
      answers.push(answer)
    }
  })()
  const stop = async () => {
    going = false
    await done
    return answers
  }
  return { answers, stop }
}

test('rebuilds on a real engine', { timeout: 120_000 }, async (context) => {
  await using qaack = await ServerProcess.start()
  using origin = new Origin()
  const first = origin.commit('main', { 'qaack/qaack.yml': file('one') })
  const repository = await addRepository(qaack, 'shop', origin)
  const id = await environmentOf(qaack, repository, 'main')
  const push = async (text: string): Promise<string> => {
    const hash = origin.commit('main', { 'qaack/qaack.yml': text })
    await qaack.api('POST', `/api/repository/${repository}/sync`)
    await until(async () => (await show(qaack, id)).gitRef.hash === hash, 'the push is known')
    return hash
  }
  await qaack.api('PUT', `/api/environment/${id}`)
  await waitFor(qaack, id, ['built', 'failed'])

  await context.test(
    'a client gets only 200s over a good rebuild and a failing one, and is told what is stale',
    async () => {
      const client = asking(qaack, id)
      const second = await push(file('two'))
      await until(() => Promise.resolve(client.answers.at(-1)?.body === 'two'), 'the new one answers', 60)
      await push(file('three', 'exit 3'))
      assert.equal((await waitFor(qaack, id, ['failed', 'built'])).status, 'failed')
      // Ten seconds after the switch the old services go.
      await until(async () => !(await onEngine(id)).some((name) => name.includes(`${id}-1`)), 'gone', 30)
      const answers = await client.stop()
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
      assert.ok(answers.length > 50, `only ${answers.length} answers`)
      const told = answers.map(({ body, headers }) => `${body} ${String(headers['x-qaack-stale'])}`)
      assert.deepEqual(
        [...new Set(told)],
        [
          ...(told.includes('one undefined') ? ['one undefined'] : []),
          `one ${first}`,
          'two undefined',
          `two ${second}`,
        ],
      )
      assert.equal((await onEngine(id)).filter((name) => name.includes('-web')).length, 1)
    },
  )

  await context.test(
    'a soft rebuild keeps the rows of a locked service, which the new services reach',
    async () => {
      const exec = (service: string, command: string) =>
        qaack.api<{ exitCode: number; output: string }>(
          'POST',
          `/api/environment/${id}/service/${service}/exec`,
          { command },
        )
      await exec('store', 'echo apple >> /rows')
      await qaack.api('POST', `/api/environment/${id}/service/store/lock`)
      await push(file('four', 'test $QCK_SOFT_REBUILD = true'))
      const { reason } = await waitFor(qaack, id, ['built', 'failed'])
      assert.equal(reason, '')
      assert.equal((await qaack.get('/', `${id}.qaack.localhost`)).body, 'four')
      assert.equal((await exec('store', 'cat /rows')).output, 'apple\n')
      const found = await exec('web', `node -e "require('dns').lookup('store', (e, a) => console.log(a))"`)
      assert.match(found.output, /^\d+\.\d+\.\d+\.\d+\n$/)
      const own = await exec('store', 'hostname -i 2>/dev/null || true')
      if (own.output.trim() !== '') assert.equal(own.output.trim(), found.output.trim())
      await qaack.api('DELETE', `/api/environment/${id}`, undefined, [409])
      await qaack.api('POST', `/api/environment/${id}/service/store/unlock`)
      await qaack.api('DELETE', `/api/environment/${id}`)
      await leavesNothing(id)
    },
  )
})
