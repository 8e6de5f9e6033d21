import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publishStatus } from '../../../../src/hosts/gitlab/status.ts'
import { askerOf, type Asked, type Told } from './asker.ts'

const hash = 'a'.repeat(40)
const wish = { change: '7', hash, state: 'success', description: 'ready', url: 'https://x.test/' } as const
const change = { source_branch: 'topic', source_project_id: 42, target_project_id: 42, head_pipeline: null }

/** A GitLab with these statuses and that merge request, which takes what is posted as `post` says. */
async function gitlab(
  { statuses = [], request = {} }: { statuses?: object[]; request?: object },
  post: (body: Asked['body']) => Told = () => ({ status: 201, body: { id: 9 } }),
) {
  const { at, asked } = await askerOf(({ method, path, body }) => {
    if (method === 'POST') return post(body)
    return { body: path.startsWith('merge_requests') ? { ...change, ...request } : statuses }
  })
  return { at, posted: () => asked.filter(({ method }) => method === 'POST').map(({ body }) => body) }
}

const ours = {
  name: 'qaack',
  ref: 'topic',
  description: 'ready',
  target_url: 'https://x.test/',
  author: { id: 14 },
}
const texts = { name: 'qaack', state: 'success', description: 'ready', target_url: 'https://x.test/' }

test('a pipeline of another commit, or of a fork, is left alone', async () => {
  for (const head_pipeline of [
    { id: 5, sha: 'b'.repeat(40), project_id: 42 },
    { id: 5, sha: hash, project_id: 99 },
  ]) {
    const { at, posted } = await gitlab({ request: { head_pipeline } })
    assert.equal(await publishStatus(at, wish), '9')
    assert.deepEqual(posted(), [{ ...texts, ref: 'topic' }])
  }
})

test('where the pipeline went meanwhile, the branch has to do', async () => {
  const request = { head_pipeline: { id: 5, sha: hash, project_id: 42 } }
  const { at, posted } = await gitlab({ request }, (body) =>
    'pipeline_id' in body
      ? { status: 404, body: { message: '404 Pipeline for pipeline_id, sha and ref Not Found' } }
      : { status: 201, body: { id: 9 } },
  )
  assert.equal(await publishStatus(at, wish), '9')
  assert.deepEqual(posted(), [
    { ...texts, pipeline_id: 5 },
    { ...texts, ref: 'topic' },
  ])
})

test('an old GitLab that names no pipelines is told nothing twice', async () => {
  const statuses = [{ ...ours, id: 8, status: 'success' }]
  for (const head_pipeline of [null, { id: 5, sha: hash }]) {
    const { at, posted } = await gitlab({ statuses, request: { head_pipeline } })
    assert.equal(await publishStatus(at, wish), '8')
    assert.deepEqual(posted(), [])
  }
})

test('what was refused for another reason is a failure', async () => {
  const { at } = await gitlab({}, () => ({ status: 400, body: { message: { target_url: ['is blocked'] } } }))
  await assert.rejects(publishStatus(at, wish), { kind: 'refused', message: /target_url is blocked/ })
  const other = await gitlab({}, () => ({
    status: 400,
    body: { message: 'Cannot transition status via :drop' },
  }))
  await assert.rejects(publishStatus(other.at, wish), { kind: 'refused' })
})
