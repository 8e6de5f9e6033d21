import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pack, unpack } from '../../../../src/stores/sql/packed.ts'

test('every text comes back as it was', () => {
  const payloads = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'grapheme', minLength: 1024, maxLength: 4000 }),
    fc.string().map((rest) => `zstd:${rest}`),
    fc.string({ unit: 'binary', minLength: 1024, maxLength: 4000 }).map((text) => `\ud800${text}\udc00\0`),
    fc.string().map((rest) => `zstd16:\udfff${rest}`),
  )
  fc.assert(fc.property(payloads, (payload) => assert.equal(unpack(pack(payload)), payload)))
})

test('what was kept before payloads were packed is read as it is', () => {
  assert.equal(unpack('{"ref":"refs/heads/main"}'), '{"ref":"refs/heads/main"}')
})

test('what says everything several times is kept small', () => {
  const payload = JSON.stringify(
    Array.from({ length: 200 }, (_, index) => ({ url: `https://git.example/${index}` })),
  )
  assert.ok(pack(payload).length < payload.length / 4)
})

test('what was damaged comes as it is kept', () => {
  const kept = pack('x'.repeat(5000))
  const damaged = `${kept.slice(0, 12)}AAAA${kept.slice(16)}`
  assert.equal(unpack(damaged), damaged)
})
