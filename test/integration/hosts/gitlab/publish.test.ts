import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { CheckReport, DeploymentReport, StatusReport } from '../../../../src/reports/report.ts'
import { openDesk, type Desk } from './desk.ts'

let desk: Desk
let pushes = 0
/** Branches with a commit each that no test has used. */
const branches: { branch: string; hash: string }[] = []
/** Each test has a change of its own. */
let change = ''
let branch = ''
let hash = ''
before(async () => {
  desk = await openDesk()
})
after(() => desk.gitlab[Symbol.asyncDispose]())
beforeEach(async () => {
  ;({ branch, hash } = branches.shift() ?? (await pushMany()))
  change = String(await desk.ada.openChange({ title: branch, from: branch }))
})

/** One push for so many tests, each of which takes less than a push. Gives one of them. */
async function pushMany() {
  const work = await desk.ada.work()
  for (let count = 0; count < 25; count += 1) {
    const hash = await work.git(
      'commit-tree',
      'origin/main^{tree}',
      '-p',
      'origin/main',
      '-m',
      `topic ${count}`,
    )
    branches.push({ branch: `topic-${count}`, hash })
  }
  await work.git(
    'push',
    '--quiet',
    'origin',
    ...branches.map((one) => `${one.hash}:refs/heads/${one.branch}`),
  )
  const [first] = branches.splice(0, 1)
  assert.ok(first)
  return first
}

function push(): Promise<string> {
  return desk.ada.push(branch, 'more', { 'index.html': `push ${(pushes += 1)}` })
}

type Row = Record<string, unknown>

async function rows(path: string): Promise<Row[]> {
  return (await desk.ada.api('GET', `/projects/42/${path}`)) as Row[]
}

describe('the status of a commit', () => {
  function say(more: Partial<StatusReport> = {}, of = change): Promise<string> {
    const report = {
      hash,
      state: 'pending',
      description: 'in the queue',
      url: 'http://qaack.test/e',
    } as const
    const item = { kind: 'status', change: of, mark: 'm', ...report, ...more } as const
    return desk.changes.publish(desk.repository, item, null)
  }

  /** All that was ever said, oldest first. */
  async function said(): Promise<unknown[]> {
    const all = await rows(`repository/commits/${hash}/statuses?all=true`)
    return all.map(({ name, status, ref }) => `${String(name)} ${String(status)} ${String(ref)}`)
  }

  const ours = (state: string) => `qaack ${state} ${branch}`

  /** Another program's pipeline, made after what was said so far. */
  async function makePipeline(ref: string): Promise<number> {
    const body = { state: 'running', name: 'ci', ref }
    return Number(((await desk.ada.api('POST', `/projects/42/statuses/${hash}`, body)) as Row).pipeline_id)
  }

  test('is said when there is something new to say', async () => {
    const first = await say()
    assert.equal(await say(), first)
    assert.equal(await say({ state: 'success', description: 'ready' }), first)
    assert.deepEqual(await said(), [ours('success')])
    const [status] = await rows(`repository/commits/${hash}/statuses`)
    assert.deepEqual([status?.description, status?.target_url], ['ready', 'http://qaack.test/e'])
    await say({ state: 'failure' })
    assert.deepEqual(await said(), [ours('success'), ours('failed')])
  })

  test('keeps its text where GitLab takes no other one of the same state', async () => {
    const first = await say()
    assert.equal(await say({ description: 'building' }), first)
    assert.deepEqual(await said(), [ours('pending')])
    await say({ state: 'error', description: 'lost' })
    assert.deepEqual(await said(), [ours('failed')])
  })

  test('begins anew with a build of the same commit', async () => {
    await say({ state: 'success' })
    await say()
    assert.deepEqual(await said(), [ours('success'), ours('pending')])
  })

  for (const state of ['pending', 'success'] as const) {
    test(`${state} is not doubled when the answer was lost`, async () => {
      desk.loseOnce('POST', /\/statuses\//)
      await assert.rejects(say({ state }), { kind: 'unavailable' })
      await say({ state })
      assert.deepEqual(await said(), [ours(state)])
    })
  }

  test('said by two at the same time is one', async () => {
    const ids = await Promise.all([say(), say()])
    assert.equal(ids[0], ids[1])
    assert.deepEqual(await said(), [ours('pending')])
  })

  test('is a part of the pipeline that the change has', async () => {
    const pipeline = await makePipeline(branch)
    await say()
    const all = await rows(`repository/commits/${hash}/statuses`)
    assert.deepEqual(
      all.map(({ name, pipeline_id }) => [name, pipeline_id]),
      [
        ['ci', pipeline],
        ['qaack', pipeline],
      ],
    )
  })

  test('ends also in the pipeline where it began, if the change has another one since', async () => {
    await say()
    await makePipeline(`refs/merge-requests/${change}/head`)
    await say({ state: 'success' })
    const all = (await said()).filter((one) => String(one).startsWith('qaack'))
    assert.ok(all.includes(ours('success')), String(all))
    assert.ok(
      all.every((one) => String(one).startsWith('qaack success')),
      String(all),
    )
  })

  test('of an older commit is said there', async () => {
    const older = hash
    await say()
    hash = await push()
    await say()
    await say({ hash: older, state: 'success' })
    assert.deepEqual(await said(), [ours('pending')])
    hash = older
    assert.deepEqual(await said(), [ours('success')])
  })

  test('of a fork is said of what GitLab keeps of it', async () => {
    const mallory = desk.gitlab.user('mallory')
    const fork = await mallory.fork()
    hash = await mallory.push('patch', 'from outside', { 'index.html': 'fork' }, fork)
    const iid = await mallory.openChange({ title: 'Patch', from: 'patch', fork: true })
    await say({}, String(iid))
    await say({ state: 'success' }, String(iid))
    assert.deepEqual(await said(), [`qaack success refs/merge-requests/${iid}/head`])
  })

  test('of another program and of another person is not ours', async () => {
    const body = { state: 'pending', name: 'qaack', ref: branch, description: 'in the queue' }
    await desk.ada.api('POST', `/projects/42/statuses/${hash}`, body)
    await say()
    assert.deepEqual(await said(), [ours('pending'), ours('pending')])
  })
})

describe('the deployment of a change', () => {
  let name = ''
  beforeEach(() => (name = `qaack/mr-${change}`))

  function say(more: Partial<DeploymentReport> = {}): Promise<string> {
    const report: DeploymentReport = {
      ...{ hash, state: 'running', description: 'building', url: null, logUrl: 'http://qaack.test/l' },
      ...more,
    }
    const item = { kind: 'deployment', change, mark: 'm', ...report } as const
    return desk.changes.publish(desk.repository, item, null)
  }

  /** States of all deployments, newest first. */
  async function said(): Promise<unknown[]> {
    const all = await rows(`deployments?environment=${encodeURIComponent(name)}&sort=desc`)
    return all.map(({ status }) => status)
  }

  async function environment(): Promise<Row> {
    const [one, ...others] = await rows(`environments?name=${encodeURIComponent(name)}`)
    assert.deepEqual(others, [])
    return one ?? {}
  }

  const ready = { state: 'success', url: 'http://preview.test/' } as const

  test('says how it goes, and the address once there is one', async () => {
    const id = await say({ state: 'queued' })
    assert.equal(await say(), id)
    assert.equal(await say(ready), id)
    assert.equal(await say(ready), id)
    assert.deepEqual(await said(), ['success'])
    const { external_url, state, tier } = await environment()
    assert.deepEqual([external_url, state, tier], ['http://preview.test/', 'available', 'development'])
    const [deployment] = await rows(`deployments?environment=${encodeURIComponent(name)}`)
    assert.deepEqual([deployment?.ref, deployment?.sha], [branch, hash])
  })

  test('of a build of the same commit is another one, and the address stays meanwhile', async () => {
    await say(ready)
    await say()
    assert.deepEqual(await said(), ['running', 'success'])
    assert.equal((await environment()).external_url, 'http://preview.test/')
    await say({ state: 'failure' })
    assert.deepEqual(await said(), ['failed', 'success'])
  })

  test('of the next commit takes the place of the one before', async () => {
    await say()
    hash = await push()
    await say()
    assert.deepEqual(await said(), ['running', 'canceled'])
    await say({ ...ready, url: 'http://other.test/' })
    assert.deepEqual(await said(), ['success', 'canceled'])
    assert.equal((await environment()).external_url, 'http://other.test/')
  })

  test('ends with the change, and begins again when that is opened again', async () => {
    await say(ready)
    await say()
    await say({ state: 'inactive' })
    await say({ state: 'inactive' })
    assert.deepEqual(await said(), ['canceled', 'success'])
    assert.equal((await environment()).state, 'stopped')
    await say()
    await say(ready)
    assert.deepEqual(await said(), ['success', 'canceled', 'success'])
    assert.equal((await environment()).state, 'available')
  })

  test('that succeeded and ended begins again without being built', async () => {
    await say(ready)
    await say({ state: 'inactive' })
    assert.deepEqual([await said(), (await environment()).state], [['success'], 'stopped'])
    await say(ready)
    await say(ready)
    assert.deepEqual([await said(), (await environment()).state], [['success', 'success'], 'available'])
  })

  test('that never was is not made to be ended', async () => {
    await say({ state: 'inactive' })
    assert.deepEqual(await environment(), {})
  })

  for (const [what, method, path] of [
    ['the environment was made', 'POST', /\/environments$/],
    ['it was made', 'POST', /\/deployments$/],
  ] as const) {
    test(`is not doubled when the answer was lost after ${what}`, async () => {
      desk.loseOnce(method, path)
      await assert.rejects(say(), { kind: 'unavailable' })
      await say()
      assert.deepEqual(await said(), ['running'])
    })
  }

  test('ends though answers are lost', async () => {
    await say()
    desk.loseOnce('PUT', /\/deployments\//)
    await assert.rejects(say(ready), { kind: 'unavailable' })
    await say(ready)
    await say()
    desk.loseOnce('PUT', /\/deployments\//)
    await assert.rejects(say({ state: 'inactive' }), { kind: 'unavailable' })
    desk.loseOnce('POST', /\/stop$/)
    await assert.rejects(say({ state: 'inactive' }), { kind: 'unavailable' })
    await say({ state: 'inactive' })
    assert.deepEqual(await said(), ['canceled', 'success'])
    assert.equal((await environment()).state, 'stopped')
  })

  test('published by two at the same time is going on once', async () => {
    await Promise.all([say(), say()])
    await say()
    assert.equal((await said()).filter((state) => state === 'running').length, 1)
    assert.equal((await said())[0], 'running')
    await Promise.all([say(ready), say(ready)])
    assert.equal((await said())[0], 'success')
    await Promise.all([say({ state: 'inactive' }), say({ state: 'inactive' })])
    assert.equal((await environment()).state, 'stopped')
  })

  test('whose environment somebody deleted is made again', async () => {
    await say(ready)
    await say({ state: 'inactive' })
    await desk.ada.api('DELETE', `/projects/42/environments/${String((await environment()).id)}`)
    await say(ready)
    assert.deepEqual(await said(), ['success'])
    assert.equal((await environment()).external_url, 'http://preview.test/')
  })
})

test('GitLab has no checks', async () => {
  const report: CheckReport = {
    ...{ hash, state: 'running', title: 't', summary: 's', text: '', annotations: [] },
    ...{ url: 'http://qaack.test/e', startedAt: null, endedAt: null },
  }
  const check = { kind: 'check', change, mark: 'm', ...report } as const
  await assert.rejects(desk.changes.publish(desk.repository, check, null), { kind: 'refused' })
  assert.deepEqual(desk.changes.shows, ['comment', 'status', 'deployment'])
})

test('all that was asked is as GitLab describes its API', () => {
  assert.deepEqual(desk.faults(), [])
  assert.ok(desk.gitlab.requests.length > 50)
})
