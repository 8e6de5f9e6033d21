import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { CheckReport, DeploymentReport, StatusReport } from '../../../../src/reports/report.ts'
import { faultsOf } from '../../../fakes/github-openapi.ts'
import { changesOf, disturbOnce, openDesk, record, strangersHost, type Desk } from './desk.ts'

let desk: Desk
let pushes = 0
let hash = ''
before(async () => {
  desk = await openDesk()
})
after(() => desk.github.close())
beforeEach(async () => {
  desk.github.faults = undefined
  hash = await push()
})

function push(): Promise<string> {
  return desk.ada.push('topic', 'more', { 'index.html': `push ${(pushes += 1)}` })
}

type Row = Record<string, unknown>

async function rows(path: string): Promise<Row[]> {
  return (await desk.ada.api('GET', `/repos/acme/shop/${path}`)) as Row[]
}

const posts = ({ method }: { method: string }) => method === 'POST'

describe('the status of a commit', () => {
  function say(more: Partial<StatusReport> = {}, handle: string | null = null): Promise<string> {
    const report = {
      hash,
      state: 'pending',
      description: 'in the queue',
      url: 'http://qaack.test/e',
    } as const
    const item = { kind: 'status', change: desk.change, mark: 'm', ...report, ...more } as const
    return desk.changes.publish(desk.repository, item, handle)
  }

  async function said(): Promise<unknown[]> {
    return (await rows(`commits/${hash}/statuses`)).map(
      ({ context, state }) => `${String(context)} ${String(state)}`,
    )
  }

  test('is added when there is something new to say', async () => {
    const first = await say()
    assert.equal(await say(), first)
    await say({ state: 'success', description: 'ready' }, first)
    assert.deepEqual(await said(), ['qaack success', 'qaack pending'])
  })

  test('is not doubled when the answer was lost', async () => {
    const first = await say()
    disturbOnce(desk.github, 'done-then-drop', posts)
    await assert.rejects(say({ state: 'failure' }, first), { kind: 'unavailable' })
    await say({ state: 'failure' }, first)
    assert.deepEqual(await said(), ['qaack failure', 'qaack pending'])
  })

  test('of another program is not ours', async () => {
    const other = {
      context: 'ci',
      state: 'pending',
      description: 'in the queue',
      target_url: 'http://qaack.test/e',
    }
    await desk.ada.api('POST', `/repos/acme/shop/statuses/${hash}`, other)
    await say()
    assert.deepEqual(await said(), ['qaack pending', 'ci pending'])
  })
})

describe('the check of a commit', () => {
  function say(more: Partial<CheckReport> = {}, handle: string | null = null): Promise<string> {
    const report: CheckReport = {
      ...{ hash, state: 'running', title: 'building', summary: 'step 1', text: '', annotations: [] },
      ...{ url: 'http://qaack.test/e', startedAt: 1_700_000_000_000, endedAt: null },
      ...more,
    }
    const item = { kind: 'check', change: desk.change, mark: 'm', ...report } as const
    return desk.changes.publish(desk.repository, item, handle)
  }

  async function said(): Promise<Row[]> {
    const path = `/repos/acme/shop/commits/${hash}/check-runs?filter=all`
    return ((await desk.ada.api('GET', path)) as { check_runs: Row[] }).check_runs
  }

  const annotations = [{ file: 'qaack/qaack.yml', line: 3, column: 5, message: 'unknown key' }]

  test('is made once, and ends', async () => {
    const handle = await say({ state: 'queued' })
    assert.equal(await say({}, handle), handle)
    assert.equal(await say({ state: 'action-required', endedAt: 1_700_000_060_000, text: 'log' }), handle)
    const [run, ...others] = await said()
    assert.deepEqual(others, [])
    assert.deepEqual(
      [run?.name, run?.status, run?.conclusion, run?.external_id],
      ['qaack', 'completed', 'action_required', 'm'],
    )
    assert.equal(Date.parse(String(run?.completed_at)), 1_700_000_060_000)
  })

  test('is begun anew by a build of the same commit', async () => {
    const handle = await say({ state: 'failure', endedAt: 1_700_000_060_000 })
    assert.equal(await say({ state: 'running' }, handle), handle)
    assert.deepEqual(
      (await said()).map(({ status }) => status),
      ['in_progress'],
    )
  })

  test('of the next commit is another', async () => {
    const handle = await say()
    hash = await push()
    assert.notEqual(await say({}, handle), handle)
    assert.equal((await said()).length, 1)
  })

  test('is not doubled when the answer was lost', async () => {
    disturbOnce(desk.github, 'done-then-drop', posts)
    await assert.rejects(say({ state: 'failure', annotations }), { kind: 'unavailable' })
    const handle = await say({ state: 'failure', annotations })
    const [run, ...others] = await said()
    assert.deepEqual(others, [])
    assert.equal(handle, `${hash}:${String(run?.id)}`)
    const output = run?.output as { annotations_count: number }
    assert.equal(output.annotations_count, 1)
  })

  test('with faults that are mended is replaced', async () => {
    const faulty = await say({ state: 'failure', annotations })
    const mended = await say({ state: 'success' }, faulty)
    assert.notEqual(mended, faulty)
    assert.equal(await say({ state: 'success' }), mended)
  })
})

describe('the deployment of a change', () => {
  /** Another for each test; GitHub does not look whether there is such a change. */
  let change = ''
  let environment = ''
  beforeEach(() => {
    change = String(pushes)
    environment = `qaack/pr-${pushes}`
  })

  function say(more: Partial<DeploymentReport> = {}, handle: string | null = null): Promise<string> {
    const report: DeploymentReport = {
      ...{
        hash,
        state: 'running',
        description: 'building',
        url: null,
        logUrl: 'http://qaack.test/l',
      },
      ...more,
    }
    const item = { kind: 'deployment', change, mark: 'm', ...report } as const
    return desk.changes.publish(desk.repository, item, handle)
  }

  /** States that each deployment was in, newest first. */
  async function said(): Promise<string[][]> {
    const all = await rows(`deployments?environment=${encodeURIComponent(environment)}`)
    return Promise.all(
      all.map(async ({ id }) =>
        (await rows(`deployments/${String(id)}/statuses`)).map(({ state }) => String(state)),
      ),
    )
  }

  const ready = { state: 'success', url: 'http://preview.test/' } as const

  test('says how it goes, and the address once there is one', async () => {
    const handle = await say({ state: 'queued' })
    assert.equal(await say({}, handle), handle)
    assert.equal(await say(ready, handle), handle)
    assert.equal(await say(ready), handle)
    assert.deepEqual(await said(), [['success', 'in_progress', 'queued']])
    const id = handle.split(':')[0] ?? ''
    const [status] = await rows(`deployments/${id}/statuses`)
    assert.equal(status?.environment_url, 'http://preview.test/')
    const [deployment] = await rows(`deployments?environment=${encodeURIComponent(environment)}`)
    assert.deepEqual([deployment?.transient_environment, deployment?.production_environment], [true, false])
  })

  test('of the next commit takes the place of the last', async () => {
    const first = await say(ready)
    hash = await push()
    await say({}, first)
    assert.deepEqual(await said(), [['in_progress'], ['success']])
    await say(ready)
    assert.deepEqual(await said(), [
      ['success', 'in_progress'],
      ['inactive', 'success'],
    ])
  })

  test('ends with all that were before it', async () => {
    const first = await say()
    hash = await push()
    const second = await say(ready, first)
    assert.equal(await say({ state: 'inactive' }, second), second)
    await say({ state: 'inactive' }, second)
    assert.deepEqual(
      (await said()).map(([last]) => last),
      ['inactive', 'inactive'],
    )
    assert.equal((await said())[0]?.length, 2)
  })

  test('that never was is not made to be ended', async () => {
    await say({ state: 'inactive' })
    assert.deepEqual(await said(), [])
  })

  test('that ended is another when it begins again', async () => {
    const first = await say(ready)
    await say({ state: 'inactive' }, first)
    assert.notEqual(await say(ready, first), first)
    assert.deepEqual(await said(), [['success'], ['inactive', 'success']])
  })

  test('is not doubled when an answer was lost', async () => {
    disturbOnce(desk.github, 'done-then-drop', posts)
    await assert.rejects(say(), { kind: 'unavailable' })
    disturbOnce(desk.github, 'done-then-drop', posts)
    await assert.rejects(say(), { kind: 'unavailable' })
    await say()
    assert.deepEqual(await said(), [['in_progress']])
  })
})

test('with a token all but the check can be shown', async () => {
  const host = strangersHost(desk.github)
  const repository = record(host, { token: desk.ada.token })
  const changes = changesOf(host)
  const about = { change: desk.change, mark: 'token' }
  const comment = { kind: 'comment', ...about, body: 'hello' } as const
  const handle = await changes.publish(repository, comment, null)
  assert.equal(await changes.publish(repository, comment, null), handle)
  const report: CheckReport = {
    ...{ hash, state: 'running', title: 't', summary: 's', text: '', annotations: [] },
    ...{ url: 'http://qaack.test/e', startedAt: null, endedAt: null },
  }
  const check = { kind: 'check', ...about, ...report } as const
  await assert.rejects(changes.publish(repository, check, null), {
    kind: 'refused',
    message: /only a GitHub App/,
  })
})

test('all that was asked is as GitHub describes its API', () => {
  const faults = desk.github.requests.flatMap((request) => faultsOf(request))
  assert.deepEqual([...new Set(faults)], [])
  assert.ok(desk.github.requests.length > 50)
})
