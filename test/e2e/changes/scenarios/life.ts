import assert from 'node:assert/strict'
import { until } from '../../../../src/setup/server-process.ts'
import { leavesNothing } from '../../previews.ts'
import { code, sticky } from '../stage.ts'
import type { Scenario } from './scenario.ts'

/** What everybody sees first. */
export const opened: Scenario = {
  title: 'an opened change gets one comment, a green status, a check, a deployment, and its address answers',
  async run({ host, shop, server, environment, sees, ask }) {
    await shop.ada.push('main', code('hello from main'))
    const first = await shop.ada.push('greeting', { 'greeting.txt': 'hello, change\n' })
    // So that what is built is neither the one nor the other, but both.
    await shop.ada.push('main', { 'only-on-main.txt': 'from main\n' })
    const change = await shop.ada.open({ title: 'A better greeting', from: 'greeting' })

    const ready = await sees(change, ({ status }) => status?.state === 'success', 'the status is green')
    const there = await environment(change)
    assert.ok(there)
    assert.equal(there.status, 'built')
    assert.equal(there.gitRef.hash, first, 'the commit shown is the one offered')
    assert.equal((await ask(change)).body, 'hello, change')
    assert.equal(
      (await ask(change, '/only-on-main.txt')).body.trim(),
      'from main',
      'the merged result is built',
    )
    const byName = await server.get('/', `pr-${change}--${shop.name}.qaack.localhost`)
    assert.equal(byName.body, 'hello, change')

    const done = await sees(
      change,
      (seen) =>
        (!host.checks || seen.checks[0]?.state === 'success') && seen.deployments[0]?.state === 'success',
      'check and deployment are done',
    )
    assert.equal(done.checks.length, host.checks ? 1 : 0)
    assert.equal(done.deployments.length, 1)
    assert.equal(done.deployments[0]?.hash, first)
    const deployed = new URL(done.deployments[0]?.url ?? '').hostname
    assert.equal(
      (await server.get('/', deployed)).body,
      'hello, change',
      'the address of the deployment answers',
    )
    await sees(
      change,
      (seen) => sticky(seen).includes(`pr-${change}--${shop.name}.qaack.localhost`),
      'the comment tells it',
    )
    const linked = new URL(ready.status?.url ?? '').hostname
    assert.equal((await server.get('/', linked)).body, 'hello, change', 'the status leads to the preview')

    const second = await shop.ada.push('greeting', { 'greeting.txt': 'hello again\n' })
    const again = await sees(
      change,
      (seen) => seen.status?.state === 'success' && sticky(seen).includes(second.slice(0, 7)),
      'the push is reported in the same comment',
    )
    assert.equal(again.comments[0]?.id, ready.comments[0]?.id ?? again.comments[0]?.id)
    assert.equal((await ask(change)).body, 'hello again')
    await sees(
      change,
      // The one before it is ended right after it is said to be there.
      ({ deployments }) =>
        deployments.find(({ hash }) => hash === second)?.state === 'success' &&
        deployments.map(({ state }) => state).join() === 'inactive,success',
      'the new commit is deployed, in place of the first one',
    )

    await shop.ada.close(change)
    const closed = await sees(
      change,
      (seen) => seen.deployments.every(({ state }) => state === 'inactive') && /closed/i.test(sticky(seen)),
      'closing is told',
    )
    assert.equal(closed.comments.length, 1)
    assert.equal(await environment(change), undefined)
    await leavesNothing(there.id)
    assert.equal((await server.get('/', `pr-${change}--${shop.name}.qaack.localhost`)).status, 404)
  },
}

export const life: Scenario[] = [
  opened,
  {
    title: 'closed while it is built, then opened again, then merged, with its branch deleted',
    async run({ shop, environment, sees, ask }) {
      await shop.ada.push(
        'main',
        code('hello from main', { commands: 'sleep 5 && cp greeting.txt built.txt' }),
      )
      await shop.ada.push('slow', { 'greeting.txt': 'slowly\n' })
      const change = await shop.ada.open({ title: 'Slow', from: 'slow' })
      await until(async () => (await environment(change))?.status === 'building', 'it is being built')
      const id = (await environment(change))?.id ?? ''
      await shop.ada.close(change)
      await sees(change, (seen) => /closed/i.test(sticky(seen)), 'the comment says that it was closed')
      assert.equal(await environment(change), undefined)
      await leavesNothing(id, 'the build has left nothing')

      await shop.ada.reopen(change)
      await until(async () => (await ask(change)).body === 'slowly', 'it is built again')
      await sees(change, ({ status }) => status?.state === 'success', 'that is told')

      const anew = (await environment(change))?.id ?? ''
      await shop.ada.merge(change)
      await shop.ada.deleteBranch('slow')
      await sees(change, (seen) => /merged/i.test(sticky(seen)), 'the comment says that it was merged')
      await leavesNothing(anew)
      assert.equal(await environment(change), undefined)
    },
  },
  {
    title: 'a comment that somebody deleted comes back with the next news, once',
    async run({ shop, sees }) {
      await shop.ada.push('main', code('one'))
      await shop.ada.push('two', { 'greeting.txt': 'two\n' })
      const change = await shop.ada.open({ title: 'Two', from: 'two' })
      const before = await sees(
        change,
        (seen) => seen.status?.state === 'success' && sticky(seen) !== '',
        'it is ready',
      )
      await shop.ada.deleteComment(before.comments[0]?.id ?? '')
      const hash = await shop.ada.push('two', { 'greeting.txt': 'three\n' })
      const after = await sees(change, (seen) => sticky(seen).includes(hash.slice(0, 7)), 'it is there again')
      assert.notEqual(after.comments[0]?.id, before.comments[0]?.id)
    },
  },
]
