import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStage, refusal, type Json } from './stage.ts'

const shop = { owner: 'acme', repo: 'shop' }
const bot = 'qaack[bot]'

async function withCommit(permissions?: Record<string, 'read' | 'write'>) {
  const stage = await openStage(permissions ? { permissions } : {})
  const ada = stage.github.user('ada')
  const sha = await ada.push('main', 'feat: a shop', { a: '1\n' })
  return {
    ...{ stage, ada, sha, app: stage.installation },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  }
}

test('a deployment that succeeds retires the one before it in its environment', async () => {
  await using made = await withCommit()
  const { app, sha } = made
  const deploy = async (environment: string, options = {}) => {
    const { data } = await app.request('POST /repos/{owner}/{repo}/deployments', {
      ...{ ...shop, ref: sha, environment, auto_merge: false, required_contexts: [] },
      ...options,
    })
    const id = (data as { id: number }).id
    const path = 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'
    await app.request(path, {
      ...shop,
      deployment_id: id,
      state: 'success',
      environment_url: 'http://web.test',
    })
    return id
  }
  const statesOf = async (id: number) => {
    const path = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'
    const { data } = await app.request(path, { ...shop, deployment_id: id })
    return data.map(({ state }) => state)
  }
  const [first, other] = [await deploy('qaack/pr-1'), await deploy('qaack/pr-2')]
  const transient = await deploy('qaack/pr-1', { transient_environment: true })
  const last = await deploy('qaack/pr-1')
  assert.deepEqual(await statesOf(first), ['inactive', 'success'])
  assert.deepEqual(await statesOf(other), ['success'])
  assert.deepEqual(await statesOf(transient), ['success'])
  assert.deepEqual(await statesOf(last), ['success'])

  const { data } = await app.request('GET /repos/{owner}/{repo}/deployments', {
    ...shop,
    environment: 'qaack/pr-1',
  })
  assert.deepEqual(
    data.map(({ id }) => id),
    [last, transient, first],
  )
  assert.equal(data[0]?.creator?.login, bot)
  const remove = (id: number) =>
    app.request('DELETE /repos/{owner}/{repo}/deployments/{deployment_id}', { ...shop, deployment_id: id })
  assert.equal((await refusal(remove(last)))[0], 422)
  assert.equal((await remove(first)).status, 204)
})

test('a deployment of nothing, or of a red commit, is refused', async () => {
  await using made = await withCommit()
  const { app, ada, sha } = made
  const deploy = (more: object) =>
    app.request('POST /repos/{owner}/{repo}/deployments', { ...shop, ref: sha, ...more })
  assert.deepEqual(await refusal(deploy({ ref: 'nowhere' })), [422, 'No ref found for: nowhere'])
  const path = 'POST /repos/{owner}/{repo}/statuses/{sha}'
  await app.request(path, { ...shop, sha, state: 'pending', context: 'qaack' })
  assert.equal((await refusal(deploy({})))[0], 409)
  assert.equal((await deploy({ required_contexts: [] })).status, 201)
  const old = await ada.push('old', 'feat: old', { b: '1\n' })
  await ada.push('main', 'feat: new', { c: '1\n' })
  const merged = await deploy({ ref: old, required_contexts: [] })
  assert.equal(merged.status, 202)
})

test('the latest status of each context counts', async () => {
  await using made = await withCommit()
  const { app, sha } = made
  const path = 'POST /repos/{owner}/{repo}/statuses/{sha}'
  await app.request(path, { ...shop, sha, state: 'pending', context: 'qaack', description: 'building' })
  await app.request(path, { ...shop, sha, state: 'success', context: 'qaack' })
  await app.request(path, { ...shop, sha, state: 'pending', context: 'lint' })
  const { data: all } = await app.request('GET /repos/{owner}/{repo}/commits/{ref}/statuses', {
    ...shop,
    ref: sha,
  })
  assert.deepEqual(
    all.map(({ context, state }) => [context, state]),
    [
      ['lint', 'pending'],
      ['qaack', 'success'],
      ['qaack', 'pending'],
    ],
  )
  const { data } = await app.request('GET /repos/{owner}/{repo}/commits/{ref}/status', {
    ...shop,
    ref: 'main',
  })
  assert.deepEqual([data.state, data.total_count, data.sha], ['pending', 2, sha])
  const unknown = 'f'.repeat(40)
  assert.deepEqual(await refusal(app.request(path, { ...shop, sha: unknown, state: 'success' })), [
    422,
    `No commit found for SHA: ${unknown}`,
  ])
})

test('a reaction is there once', async () => {
  await using made = await withCommit()
  const { app, ada } = made
  await ada.push('work', 'feat: more', { a: '2\n' })
  const number = await ada.openChange({ title: 'More', head: 'work' })
  const comment_id = await ada.comment(number, '/qaack build')
  const path = '/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions'
  const react = (content: 'eyes' | 'rocket') => app.request(`POST ${path}`, { ...shop, comment_id, content })
  const first = await react('eyes')
  const again = await react('eyes')
  assert.deepEqual([first.status, again.status], [201, 200])
  assert.equal(first.data.id, again.data.id)
  await react('rocket')
  const { data } = await app.request(`GET ${path}`, { ...shop, comment_id })
  assert.deepEqual(
    data.map(({ content, user }) => [content, user?.login]),
    [
      ['eyes', bot],
      ['rocket', bot],
    ],
  )
  const [shown] = await ada.comments(number)
  assert.deepEqual([(shown?.reactions as Json).eyes, (shown?.reactions as Json).total_count], [1, 2])
  await app.request(`DELETE ${path}/{reaction_id}`, { ...shop, comment_id, reaction_id: first.data.id })
  assert.equal((await app.request(`GET ${path}`, { ...shop, comment_id })).data.length, 1)
})

test('a check adds up its annotations, knows its change, and is asked for again', async () => {
  await using made = await withCommit()
  const { app, ada, stage } = made
  const head_sha = await ada.push('work', 'feat: more', { a: '2\n' })
  const number = await ada.openChange({ title: 'More', head: 'work' })
  const annotation = (start_line: number) => ({
    ...{ path: 'Qaackfile', start_line, end_line: start_line, title: 'Wrong' },
    ...{ annotation_level: 'failure' as const, message: `line ${start_line} is wrong` },
  })
  const output = (line: number) => ({
    title: 'Failed',
    summary: 'Two faults',
    annotations: [annotation(line)],
  })
  const { data: run } = await app.request('POST /repos/{owner}/{repo}/check-runs', {
    ...{ ...shop, head_sha, name: 'qaack', status: 'in_progress' as const, output: output(1) },
  })
  await app.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
    ...{
      ...shop,
      check_run_id: run.id,
      status: 'completed' as const,
      conclusion: 'failure' as const,
      output: output(2),
    },
  })
  const annotations = await app.request('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', {
    ...{ ...shop, check_run_id: run.id },
  })
  assert.deepEqual(
    annotations.data.map(({ start_line, title }) => [start_line, title]),
    [
      [1, 'Wrong'],
      [2, 'Wrong'],
    ],
  )
  await ada.api('POST', `/repos/acme/shop/check-runs/${run.id}/rerequest`)
  const [again] = await stage.of('check_run.rerequested')
  const shown = again?.check_run as { app: Json; pull_requests: Json[]; head_sha: string; output: Json }
  assert.deepEqual([shown.app.id, shown.head_sha], [stage.github.app.appId, head_sha])
  assert.deepEqual(
    shown.pull_requests.map((one) => one.number),
    [number],
  )
  assert.equal(shown.output.annotations_count, 2)
  const suite = (shown as unknown as { check_suite: Json }).check_suite
  await ada.api('POST', `/repos/acme/shop/check-suites/${String(suite.id)}/rerequest`)
  assert.equal(((await stage.of('check_suite.rerequested'))[0]?.check_suite as Json).head_sha, head_sha)
})

test('an app without the permission is told so', async () => {
  await using made = await withCommit({ metadata: 'read', contents: 'read', statuses: 'read' })
  const { app, ada, sha } = made
  await ada.push('work', 'feat: more', { a: '2\n' })
  const issue_number = await ada.openChange({ title: 'More', head: 'work' })
  const missing = [403, 'Resource not accessible by integration']
  const status = app.request('POST /repos/{owner}/{repo}/statuses/{sha}', { ...shop, sha, state: 'success' })
  assert.deepEqual(await refusal(status), missing)
  const deployment = app.request('POST /repos/{owner}/{repo}/deployments', { ...shop, ref: sha })
  assert.deepEqual(await refusal(deployment), missing)
  const run = app.request('POST /repos/{owner}/{repo}/check-runs', { ...shop, head_sha: sha, name: 'qaack' })
  assert.deepEqual(await refusal(run), missing)
  const path = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
  assert.deepEqual(await refusal(app.request(path, { ...shop, issue_number, body: 'hello' })), missing)
})

test('who may what, in the words of GitHub', async () => {
  await using made = await withCommit()
  const { app } = made
  const path = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission'
  const right = async (username: string) => (await app.request(path, { ...shop, username })).data.permission
  assert.deepEqual(await Promise.all(['ada', 'grace', 'mallory'].map(right)), ['admin', 'write', 'read'])
  assert.equal((await refusal(right('nobody')))[0], 404)
})
