import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FaultKind } from '../../../src/demo/github/faults.ts'
import { publishChange } from '../../../src/reports/publish.ts'
import { faultsOf } from '../../fakes/github-openapi.ts'
import { openDesk, type Desk } from '../hosts/github/desk.ts'
import { openPlace } from './place.ts'

type Row = Record<string, unknown>

/** All but those that keep silent until our patience ends: they are told apart by nothing but their time. */
const kinds: FaultKind[] = [
  'server-error',
  'bad-gateway',
  'rate-limit',
  'secondary-limit',
  'too-many-requests',
  'done-then-drop',
]

describe('a change at GitHub', () => {
  let desk: Desk
  before(async () => {
    desk = await openDesk()
  })
  after(() => desk.github.close())

  for (const [index, seed] of [undefined, 1, 2, 3].entries())
    test(`is reported on to its end, once${seed === undefined ? '' : `, though every third request fails (${seed})`}`, async () => {
      const branch = `look-${index}`
      const hash = await desk.ada.push(branch, 'a look', { 'look.html': branch })
      const name = String(await desk.ada.openChange({ title: 'A look', head: branch }))
      await using place = await openPlace({ host: desk.host, repository: desk.repository, name, hash })
      desk.github.faults = seed === undefined ? undefined : { seed, share: 0.33, kinds }

      for (const step of [place.begins, place.builds, place.isReady]) {
        await step()
        await publishChange(place.parts, place.changeId, 'one')
        await place.clock.advance(2_000)
      }
      await untilSaid()
      const open = await seen()
      assert.deepEqual(open, {
        comments: ['✅ Preview ready'],
        status: 'success',
        checks: ['success'],
        deployments: ['success'],
      })

      await place.closes()
      await untilSaid()
      assert.deepEqual(await seen(), { ...open, comments: ['🏁 Closed'], deployments: ['inactive'] })
      assert.deepEqual(desk.github.requests.flatMap(faultsOf), [])

      /** As the publisher would, each time it may. */
      async function untilSaid(): Promise<void> {
        for (let turn = 0; turn < 100; turn += 1) {
          await publishChange(place.parts, place.changeId, 'one')
          const retryAt = (await place.report())?.retryAt
          if (typeof retryAt !== 'number') return
          await place.clock.advance(retryAt - place.clock.now())
        }
      }

      async function seen() {
        const statuses = await rows(`commits/${hash}/statuses`)
        const runs = await rows(`commits/${hash}/check-runs`, 'check_runs')
        const deployments = await rows(`deployments?environment=qaack%2Fpr-${name}`)
        const comments = await desk.ada.comments(Number(name))
        return {
          comments: comments.map(({ body }) => /### (.*)/.exec(String(body))?.[1]),
          status: statuses[0]?.state,
          checks: runs.map(({ conclusion }) => conclusion),
          deployments: await Promise.all(
            deployments.map(async ({ id }) => (await rows(`deployments/${String(id)}/statuses`))[0]?.state),
          ),
        }
      }
    })

  async function rows(path: string, key?: string): Promise<Row[]> {
    const answer = (await desk.ada.api('GET', `/repos/acme/shop/${path}`)) as Row
    return (key === undefined ? answer : answer[key]) as Row[]
  }
})
