import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { isHostFailure } from '../../../../src/hosts/failure.ts'
import type { ReportItem } from '../../../../src/reports/report.ts'
import { openDesk, type Desk } from './desk.ts'

let desk: Desk
before(async () => {
  desk = await openDesk()
})
after(() => desk.gitlab[Symbol.asyncDispose]())

const url = 'http://qaack.test/api/gitlab/webhooks'

type Row = Record<string, unknown>

async function rows(path: string): Promise<Row[]> {
  return (await desk.ada.api('GET', `/projects/42/${path}`)) as Row[]
}

/** As often as it takes, as whoever publishes does; what went wrong must be worth another try. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isHostFailure(error, 'unavailable', 'limited') || tries === 40) throw error
    }
  }
}

for (const seed of [1, 2]) {
  test(`a GitLab in trouble (${seed}) has everything once in the end`, async () => {
    const change = String(await newChange(`topic-${seed}`))
    const about = { change, mark: 'm' }
    const { hash } = desk
    const deployment = { ...about, kind: 'deployment', hash, description: '', logUrl: url } as const
    const status = { ...about, kind: 'status', hash, url } as const
    const items: ReportItem[] = [
      { ...about, kind: 'comment', body: 'one' },
      { ...status, state: 'pending', description: 'queued' },
      { ...deployment, state: 'running', url: null },
      { ...about, kind: 'comment', body: 'two' },
      { ...status, state: 'success', description: 'ready' },
      { ...deployment, state: 'success', url: 'http://preview.test/' },
      { ...deployment, state: 'inactive', url: null },
    ]
    const commentId = String(await desk.ada.comment(Number(change), '/qaack logs'))
    const answer = { change, commentId, reaction: 'done', text: 'the log' } as const
    desk.gitlab.faults = { seed, share: 0.3 }
    for (const item of items) await insist(() => desk.changes.publish(desk.repository, item, null))
    await insist(() => desk.changes.answer(desk.repository, answer))
    await insist(() => desk.hooks.keep(desk.repository, url))
    desk.gitlab.faults = undefined

    const notes = (await desk.ada.comments(Number(change))).map(({ body }) => body)
    const answered = `<!-- qaack answer ${commentId} -->\nthe log`
    assert.deepEqual(notes.sort(), ['/qaack logs', answered, '<!-- qaack m -->\ntwo'].sort())
    const said = await rows(`repository/commits/${hash}/statuses?all=true`)
    assert.deepEqual(
      said.filter(({ ref }) => ref === `topic-${seed}`).map((one) => one.status),
      ['success'],
    )
    const deployments = await rows(`deployments?environment=${encodeURIComponent(`qaack/mr-${change}`)}`)
    assert.deepEqual(
      deployments.map((one) => one.status),
      ['success'],
    )
    const [environment] = await rows(`environments?name=${encodeURIComponent(`qaack/mr-${change}`)}`)
    assert.deepEqual([environment?.state, environment?.external_url], ['stopped', 'http://preview.test/'])
    const awards = await rows(`merge_requests/${change}/notes/${commentId}/award_emoji`)
    assert.deepEqual(
      awards.map(({ name }) => name),
      ['rocket'],
    )
    assert.equal((await rows('hooks')).filter((hook) => hook.url === url).length, 1)
    assert.deepEqual(desk.faults(), [])
  })
}

async function newChange(branch: string): Promise<number> {
  desk.hash = await desk.ada.push(branch, 'more', { 'index.html': branch })
  return desk.ada.openChange({ title: branch, from: branch })
}

test('things went wrong in every way', () => {
  const kinds = new Set(desk.gitlab.requests.map(({ fault }) => fault))
  for (const kind of ['too-many-requests', 'bad-gateway', 'done-then-drop'] as const)
    assert.ok(kinds.has(kind), kind)
})
