import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { openStage, type Json } from './stage.ts'

interface Recorded {
  name: string
  examples: Json[]
}

const recorded = createRequire(import.meta.url)('@octokit/webhooks-examples') as Recorded[]

test('webhooks have every key that recorded ones have, with values of the same kind', async () => {
  await using stage = await openStage()
  const { github } = stage
  const ada = github.user('ada')
  await ada.push('main', 'feat: a shop', { a: '1\n' })
  const head = await ada.push('work', 'feat: more', { a: '2\n' })
  const number = await ada.openChange({ title: 'More', head: 'work', body: 'much more' })
  await ada.push('work', 'feat: still more', { a: '3\n' })
  await ada.editComment(await ada.comment(number, 'one'), 'two')
  await ada.label(number, 'preview')
  await ada.unlabel(number, 'preview')
  await ada.setDraft(number, true)
  await ada.setDraft(number, false)
  await ada.close(number)
  await ada.reopen(number)
  const run = await stage.installation.request('POST /repos/{owner}/{repo}/check-runs', {
    ...{ owner: 'acme', repo: 'shop', head_sha: head, name: 'qaack' },
  })
  await ada.api('POST', `/repos/acme/shop/check-runs/${run.data.id}/rerequest`)
  await ada.api('POST', `/repos/acme/shop/check-suites/${run.data.check_suite?.id}/rerequest`)
  await ada.deleteBranch('work')
  await ada.renameRepository('store')
  await ada.createRepository({ owner: 'acme', name: 'blog' })
  await github.chooseRepositories(['acme/store'])
  await ada.transferRepository('ada', 'acme/store')
  await github.uninstall()
  await github.install()
  await github.delivered()

  const heard = new Map(stage.heard.map((one) => [`${one.event}.${one.action}`, one]))
  const faults = [...heard.values()].flatMap(({ event, action, payload }) => {
    const examples = recorded.find(({ name }) => name === event)?.examples ?? []
    // the organisation's are the ones like ours
    const same = examples.filter((example) => (example.action ?? '') === action)
    const example = same.find(({ organization }) => organization !== undefined) ?? same[0]
    return example ? compare(`${event}.${action}`, example, payload) : []
  })
  assert.deepEqual(faults, [])
  assert.ok(heard.size >= 20, [...heard.keys()].join(' '))
})

/** What is missing in ours or of another kind. Null fits everything, since a recorded one tells no more than its own case. */
function compare(place: string, example: unknown, ours: unknown): string[] {
  if (example === null || ours === null) return []
  if (Array.isArray(example)) {
    if (!Array.isArray(ours)) return [`${place} is no list`]
    return example.length > 0 && ours.length > 0 ? compare(`${place}[0]`, example[0], ours[0]) : []
  }
  if (typeof example !== typeof ours) return [`${place} is ${typeof ours}, not ${typeof example}`]
  if (typeof example !== 'object') return []
  // an app has the permissions it was given
  const keys = Object.keys(example).filter((key) => key !== 'permissions')
  return keys.flatMap((key) => {
    const value = (ours as Json)[key]
    if (value === undefined) return [`${place}.${key} is missing`]
    return compare(`${place}.${key}`, (example as Json)[key], value)
  })
}
