import assert from 'node:assert/strict'
import { until } from '../../../../src/setup/server-process.ts'
import { leavesNothing } from '../../previews.ts'
import { code, sticky } from '../stage.ts'
import type { Scenario } from './scenario.ts'

/**
 * A host that fails at random, for so many seconds at least, and until there were faults of so many kinds.
 *
 * @param names of the branches, each with a change that is pushed to again and again; the last one is closed in the end
 */
export const disturbed = (seconds: number, kinds: number, names: string[]): Scenario => ({
  title: 'a host that fails at random: the end state is right, nothing is doubled or lost',
  async run({ host, shop, environment, sees, ask }) {
    await shop.ada.push('main', code('main'))
    host.disturb(20_261_121, 0.4)
    const end = Date.now() + seconds * 1000
    const changes: number[] = []
    for (const name of names) {
      await shop.ada.push(name, { 'greeting.txt': `${name} 0\n` })
      changes.push(await shop.ada.open({ title: name, from: name }))
    }
    let last: string[] = []
    // One round at least, however long a slow machine took for what is before it.
    const isEnough = () => Date.now() >= end && host.faultKinds().length >= kinds
    for (let round = 1; round === 1 || !isEnough(); round += 1) {
      last = []
      for (const name of names) last.push(await shop.ada.push(name, { 'greeting.txt': `${name} ${round}\n` }))
      for (const [index, change] of changes.entries())
        await until(
          async () => (await environment(change))?.gitRef.hash === last[index],
          `push ${round} of ${names[index]} is known`,
        )
    }
    const toClose = changes.at(-1) ?? 0
    const gone = (await environment(toClose))?.id ?? ''
    await shop.ada.close(toClose)
    host.calm()

    for (const [index, change] of changes.slice(0, -1).entries()) {
      const hash = last[index] ?? ''
      const seen = await sees(
        change,
        (all) =>
          all.status?.state === 'success' &&
          sticky(all).includes(hash.slice(0, 7)) &&
          (!host.checks || all.checks.at(-1)?.state === 'success') &&
          all.deployments.find((one) => one.hash === hash)?.state === 'success' &&
          // Those before it are ended right after it is said to be there.
          all.deployments.filter(({ state }) => state === 'success').length === 1,
        'after the disturbance all is told',
        360,
      )
      assert.equal(seen.comments.length, 1)
      assert.equal(seen.checks.length, host.checks ? 1 : 0, 'one check on the last commit')
      assert.equal(seen.deployments.filter((one) => one.hash === hash).length, 1)
      assert.match((await ask(change)).body, new RegExp(`^${names[index]} \\d+$`))
    }
    const closed = await sees(
      toClose,
      (seen) => /closed/i.test(sticky(seen)) && seen.deployments.every(({ state }) => state === 'inactive'),
      'the closed one is told as closed',
      360,
    )
    assert.equal(closed.comments.length, 1)
    if (gone) await leavesNothing(gone)
  },
})

export const killed: Scenario = {
  title: 'killed in mid-build, and webhooks lost while it was away: it catches up',
  async run({ host, shop, server, environment, sees, ask }) {
    await shop.ada.push('main', code('main', { commands: 'sleep 3 && cp greeting.txt built.txt' }))
    await shop.ada.push('one', { 'greeting.txt': 'one\n' })
    await shop.ada.push('two', { 'greeting.txt': 'two\n' })
    const first = await shop.ada.open({ title: 'One', from: 'one' })
    await until(async () => (await environment(first))?.status === 'building', 'it is being built')
    await server.stop('SIGKILL')

    const newer = await shop.ada.push('one', { 'greeting.txt': 'one, newer\n' })
    const second = await shop.ada.open({ title: 'Two', from: 'two' })
    await shop.ada.comment(first, '/qaack url')
    await server.start()
    const seen = await sees(
      first,
      (all) =>
        all.status?.state === 'success' &&
        sticky(all).includes(newer.slice(0, 7)) &&
        (!host.checks || all.checks.length > 0),
      'the push that nobody told of is built',
    )
    assert.equal((await ask(first)).body, 'one, newer')
    await sees(second, ({ status }) => status?.state === 'success', 'the change that nobody told of is built')
    if (host.resends)
      await sees(
        first,
        (all) => all.comments.some(({ answers }) => answers !== null),
        'the command is asked for again',
      )
    assert.equal(seen.checks.length, host.checks ? 1 : 0)
  },
}
