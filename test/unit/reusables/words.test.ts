import assert from 'node:assert/strict'
import test from 'node:test'
import { agoText, nameOf, startText } from '../../../src/reusables/words.ts'

const record = {
  purpose: 'label',
  label: 'deps',
  ref: { type: 'branch', name: 'main' },
  savePoint: { service: 'web', step: 'install' },
  savedAt: 0,
} as const
const web = { name: 'web', image: 'sha256:1', steps: 2, code: null, layers: {} }

test('the log says of each service what it starts from, and what is not run again', () => {
  assert.equal(
    startText(record, web, 7_200_000),
    'web: starts from deps of branch main, saved after web.install 2 h ago; 2 steps are not run again',
  )
  assert.equal(
    startText({ ...record, purpose: 'auto', label: null }, { ...web, steps: 0 }, 0),
    'web: starts from auto of branch main, saved after web.install just now',
  )
  assert.equal(nameOf({ ...record, purpose: 'reset', label: null }), 'what a build of branch main saved')
})

test('how long ago something was', () => {
  const minute = 60_000
  const said = [0, 5, 119, 120, 47 * 60, 48 * 60].map((minutes) => agoText(minutes * minute))
  assert.deepEqual(said, ['just now', '5 min ago', '119 min ago', '2 h ago', '47 h ago', '2 days ago'])
})
