import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flatten, nest, valueFor } from '../../../src/cli/settings-pairs.ts'
import { defaultSettings } from '../../../src/repositories/repository.ts'

const known = flatten(defaultSettings)

test('nested settings have dotted names', () => {
  assert.equal(known['qaackFile.mode'], 'repo')
  assert.deepEqual(known['webhook.include'], [])
  assert.equal(known.pollSeconds, 60)
})

test('what is flattened and nested again is the same', () => {
  assert.deepEqual(nest(Object.entries(known)), defaultSettings)
})

test('a value has the kind of its setting', () => {
  const read = (pair: string) => valueFor(pair, known)
  assert.deepEqual(read('webhook.tags=false'), ['webhook.tags', false])
  assert.deepEqual(read('environmentTTL=8h'), ['environmentTTL', 480])
  assert.deepEqual(read('buildTimeout=600'), ['buildTimeout', 600])
  assert.deepEqual(read('webhook.exclude=dependabot/*, tmp-*'), [
    'webhook.exclude',
    ['dependabot/*', 'tmp-*'],
  ])
  assert.deepEqual(read('webhook.exclude='), ['webhook.exclude', []])
  assert.deepEqual(read('webhook.labels=["a, b","c"]'), ['webhook.labels', ['a, b', 'c']])
  assert.deepEqual(read('webhook.include=["a, b'), ['webhook.include', ['["a', 'b']])
  assert.deepEqual(read('report.check=false'), ['report.check', false])
  assert.deepEqual(read('change.build=head'), ['change.build', 'head'])
  assert.deepEqual(read('scheduledRebuild.hour=03:30'), ['scheduledRebuild.hour', '03:30'])
  assert.deepEqual(read('scheduledRebuild.hour=03:30 UTC'), ['scheduledRebuild.hour', '03:30'])
  assert.deepEqual(read('limits.memory=512m'), ['limits.memory', 512 * 1024 ** 2])
  assert.deepEqual(read('limits.memory=0'), ['limits.memory', 0])
  assert.deepEqual(read('limits.cpus=0.5'), ['limits.cpus', 0.5])
  assert.deepEqual(read('limits.pids=100'), ['limits.pids', 100])
  assert.deepEqual(read('reset=true'), ['reset', true])
  assert.deepEqual(read('qaackFile.mode=a=b'), ['qaackFile.mode', 'a=b'])
})

test('a wrong value or key says what would be right', () => {
  assert.throws(() => valueFor('webhook.tags=yes', known), /true or false, not yes/)
  assert.throws(() => valueFor('pollSeconds=1m', known), /whole number, not 1m/)
  assert.throws(() => valueFor('limits.memory=much', known), /a size such as 512m or 2g, not much/)
  assert.throws(() => valueFor('limits.cpus=-1', known), /a number such as 0\.5 or 2, not -1/)
  assert.throws(() => valueFor('polling=1', known), /there is no setting polling; there are: .*pollSeconds/)
  assert.throws(() => valueFor('__proto__=1', known), /there is no setting __proto__/)
  assert.throws(() => valueFor('pollSeconds', known), /key=value/)
})
