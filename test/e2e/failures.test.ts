import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import test, { after, before } from 'node:test'
import { Origin } from '../fakes/origin.ts'
import { addRepository, environmentOf, leavesNothing, onEngine, show, waitFor } from './previews.ts'
import { ServerProcess, until } from '../../src/setup/server-process.ts'

let qaack: ServerProcess
let origin: Origin
let repository: string
let shortLived: string

/** One branch for each way to fail. */
const branches: Record<string, string> = {
  faults: `
servces: {}
variables: {QCK_MINE: x}
services:
  Web:
    image: busybox
  backend:
    image: busybox
    port: 70000
    depends_on: [nobody]
`,
  step: `
services:
  web:
    image: qaack-base/node:latest
    port: 80
    commands:
      good: echo all is well
      bad: echo the last words; exit 7
      never: echo not reached
    start: sleep 1000
`,
  image: `
services:
  web: {image: "qaack.invalid/no/such:image", port: 80}
`,
  port: `
services:
  web:
    image: qaack-base/node:latest
    port: 80
    start: echo I listen nowhere; sleep 1000
    ready: {tcp: 80, timeout: 2, interval: 1}
`,
  memory: `
services:
  web:
    image: qaack-base/node:latest
    port: 80
    resources: {memory: 64m}
    commands:
      hungry: node -e "const all=[];for(;;)all.push(Buffer.alloc(1e7,1))"
    start: sleep 1000
`,
  'memory-later': `
services:
  web:
    image: qaack-base/node:latest
    port: 80
    resources: {memory: 64m}
    start: node -e "const all=[];for(;;)all.push(Buffer.alloc(1e7,1))"
`,
  endless: `
services:
  web:
    image: qaack-base/node:latest
    port: 80
    commands:
      wait: echo waiting; sleep 987654
    start: sleep 1000
`,
  short: `
services:
  web: {image: "qaack-base/node:latest", port: 80, start: sleep 1000, ready: {command: "true"}}
`,
  nothing: '',
}

before(async () => {
  qaack = await ServerProcess.start({ QAACK_BUILD_SLOTS: '4' })
  origin = new Origin()
  origin.commit('main', { 'README.md': 'no Qaackfile here' })
  for (const [branch, text] of Object.entries(branches)) {
    origin.git('checkout', '-q', 'main')
    origin.commit(branch, text === '' ? {} : { 'qaack/qaack.yml': text.trimStart() })
  }
  repository = await addRepository(qaack, 'broken', origin)
  shortLived = await environmentOf(qaack, repository, 'short')
  await qaack.api('PUT', `/api/environment/${shortLived}`, { ttl: 1 })
})

after(async () => {
  await qaack[Symbol.asyncDispose]()
  origin[Symbol.dispose]()
})

async function build(branch: string): Promise<string> {
  const id = await environmentOf(qaack, repository, branch)
  await qaack.api('PUT', `/api/environment/${id}`)
  return id
}

async function failure(branch: string): Promise<string> {
  const id = await build(branch)
  const { status, reason } = await waitFor(qaack, id, ['failed', 'built'])
  assert.equal(status, 'failed')
  const page = await qaack.get('/', `${id}.qaack.localhost`, { accept: 'text/html' })
  assert.equal(page.status, 503)
  assert.ok(page.headers['retry-after'])
  return reason
}

test('a file with five faults names all five with their lines', async () => {
  const reason = await failure('faults')
  const lines = reason.split('\n').filter((line) => line.startsWith('qaack/qaack.yml:'))
  assert.deepEqual(
    lines.map((line) => Number(line.split(':')[1])).sort((a, b) => a - b),
    [1, 2, 4, 8, 9],
    reason,
  )
})

test('a step that fails is named with its exit code and its last lines, and nothing after it runs', async () => {
  const reason = await failure('step')
  assert.match(reason, /^step web\.bad failed with exit code 7: /)
  assert.match(reason, /the last words/)
  const id = await environmentOf(qaack, repository, 'step')
  const log = await qaack.api<string>('GET', `/api/environment/${id}/log`)
  assert.match(log, /web \| all is well/)
  assert.doesNotMatch(log, /web \| not reached/)
})

test('an image that cannot be had is named', async () => {
  assert.match(await failure('image'), /qaack\.invalid\/no\/such:image/)
})

test('a port that never opens is named, with what the service said', async () => {
  const reason = await failure('port')
  assert.match(reason, /service web was not ready within 2 s: nothing listens on port 80/)
  assert.match(reason, /I listen nowhere/)
})

test('a step that runs out of memory says so, and so does a main process', async () => {
  assert.match(await failure('memory'), /ran out of memory: it reached its memory limit of 64 MiB/)
  assert.match(await failure('memory-later'), /ran out of memory: it reached its memory limit of 64 MiB/)
})

test('a ref without a Qaackfile says where it would have to be', async () => {
  assert.match(await failure('nothing'), /qaack\/qaack\.yml/)
})

test('a cancelled build stops its process in the container, keeps the container, and can be built again', async () => {
  const id = await build('endless')
  await until(
    async () => (await qaack.api<string>('GET', `/api/environment/${id}/log`)).includes('web | waiting'),
    'the step runs',
  )
  await qaack.api('POST', `/api/environment/${id}/cancel`)
  assert.equal((await waitFor(qaack, id, ['cancelled'])).reason, 'cancelled on request')
  const [container] = await onEngine(id)
  await until(
    () =>
      Promise.resolve(
        !execFileSync('docker', ['top', container ?? ''], { encoding: 'utf8' }).includes('987654'),
      ),
    'the process is gone',
  )
  await qaack.api('POST', `/api/environment/${id}/cancel`, undefined, [409])
  await qaack.api('POST', `/api/environment/${id}/build`)
  await waitFor(qaack, id, ['building'])
  await qaack.api('DELETE', `/api/environment/${id}`)
  await leavesNothing(id)
})

test('after a kill and a restart the build begins again, and what was left over is gone', async () => {
  const id = await build('endless')
  await until(
    async () => (await qaack.api<string>('GET', `/api/environment/${id}/log`)).includes('web | waiting'),
    'the step runs',
  )
  const before = await onEngine(id)
  await qaack.stop('SIGKILL')
  await qaack.start()
  await until(async () => {
    const { status } = await show(qaack, id)
    const now = await onEngine(id)
    return (
      status === 'building' && now.length === before.length && now.every((name) => !before.includes(name))
    )
  }, 'the build runs again in new containers only')
  await qaack.api('DELETE', `/api/environment/${id}`)
  await leavesNothing(id)
})

test('an environment whose minute is over goes by itself, with all that it had', async () => {
  const { reason } = await waitFor(qaack, shortLived, ['empty'], 90, 2000)
  assert.equal(reason, 'its time to live of 1 minute is over')
  await leavesNothing(shortLived)
  await qaack.api('PUT', `/api/environment/${shortLived}`, { ttl: 0.05 }, [422])
})
