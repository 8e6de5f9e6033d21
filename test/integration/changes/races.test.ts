import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import fc from 'fast-check'
import { Background } from '../../../src/background.ts'
import { systemClock } from '../../../src/clock.ts'
import type { HostChange } from '../../../src/hosts/event.ts'
import { HostFailure } from '../../../src/hosts/failure.ts'
import { silentLogger } from '../../../src/logger.ts'
import { createGit } from '../../../src/repositories/git.ts'
import { openChanges } from './setting.ts'

test('ten deliveries at once, in any order and at two servers, end with the newest', async () => {
  await using at = await openChanges()
  // On a disk of its own, as each server is.
  const dataDir = join(at.parts.config.dataDir, 'other')
  const other = {
    ...at.parts,
    background: new Background(silentLogger),
    config: { ...at.parts.config, dataDir },
    git: createGit({ environment: process.env, clock: systemClock }),
  }
  let number = 100
  const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 10 })
  const servers = fc.array(fc.boolean(), { minLength: 10, maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(order, servers, fc.boolean(), async (places, toOther, closes) => {
      const name = String((number += 1))
      const tellings = tellingsOf(at, name, closes)
      await Promise.all(
        places.map((place) => {
          const telling = tellings[place]
          assert.ok(telling)
          return at.tell(telling, toOther[place] ? other : at.parts)
        }),
      )
      const newest = tellings.at(-1)
      const change = await at.change(name)
      assert.equal(change.hash, newest?.hash)
      assert.equal(change.state, newest?.state)
      assert.equal(change.verdict?.hash, newest?.hash)
      const previews = await at.previews(name)
      assert.equal(previews.length, closes ? 0 : 1)
      if (closes) return
      const built = await at.untilPreview(name, 'built')
      assert.equal(built.serving?.hash, newest?.hash)
      assert.equal(built.ref.hash, newest?.hash)
    }),
    { numRuns: 8 },
  )
  await other.background.drained()
})

test('what was told of the same second is asked for, and the host decides', async () => {
  await using at = await openChanges()
  const first = at.offer('12', { 'a.txt': 'one' })
  await at.tell(first)
  const labelled = { ...first, labels: ['x'] }
  at.host.put(at.place, labelled)
  await at.tell(labelled)
  assert.deepEqual((await at.change('12')).labels, ['x'])
  // The older telling of that second comes late.
  await at.tell(first)
  assert.deepEqual((await at.change('12')).labels, ['x'])
  assert.equal(at.host.calls.filter((call) => call === 'list 12').length, 2)
})

test('of two tellings of one second the later one wins while the host cannot be asked', async () => {
  await using at = await openChanges()
  const first = at.offer('12', { 'a.txt': 'one' })
  await at.tell(first)
  at.host.put(at.place, { ...first, labels: ['x'] })
  at.host.failures.push({ call: 'list', times: 1, error: unavailable() })
  await at.tell({ ...first, labels: ['y'] })
  assert.deepEqual((await at.change('12')).labels, ['y'])
})

test('a change that ends between the decision and the deed gets no preview', async () => {
  await using at = await openChanges()
  const opened = at.offer('12', { 'a.txt': 'one' })
  const closed = at.edit('12', { state: 'closed' })
  await Promise.all([at.tell(opened), at.tell(closed)])
  assert.deepEqual(await at.previews('12'), [])
  assert.equal((await at.change('12')).verdict?.kind, 'closed')
})

test('the end of a change that was never heard of keeps its late beginning from building', async () => {
  await using at = await openChanges()
  const opened = at.offer('12', { 'a.txt': 'one' })
  assert.match(await at.tell(at.edit('12', { state: 'merged' })), /there is no preview of it/)
  await at.tell(opened)
  assert.deepEqual(await at.previews('12'), [])
  assert.equal(
    at.engine.calls.some((call) => call.startsWith('create')),
    false,
  )
})

/** Ten tellings of one change, each newer than the one before: pushes, a label, another title; the last one may close it. */
function tellingsOf(
  at: Awaited<ReturnType<typeof openChanges>>,
  name: string,
  closes: boolean,
): HostChange[] {
  const tellings: HostChange[] = []
  for (let turn = 0; turn < 9; turn += 1) {
    tellings.push(
      turn % 3 === 0
        ? at.offer(name, { 'a.txt': `${name} ${turn}` })
        : at.edit(name, { title: `Title ${turn}`, labels: [`label-${turn}`], draft: turn === 4 }),
    )
  }
  tellings.push(at.edit(name, { state: closes ? 'closed' : 'open', draft: false }))
  return tellings
}

function unavailable() {
  return new HostFailure('unavailable', 'the host does not answer')
}
