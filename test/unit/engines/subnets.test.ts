import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { addressIn, nextSubnet, subnets } from '../../../src/engines/subnets.ts'
import { QaackError } from '../../../src/errors.ts'

describe('subnets', () => {
  test('a /16 holds 2048 networks of /27', () => {
    const all = [...subnets('10.213.0.0/16')]
    assert.equal(all.length, 2048)
    assert.deepEqual(all.slice(0, 2), ['10.213.0.0/27', '10.213.0.32/27'])
    assert.equal(all.at(-1), '10.213.255.224/27')
  })

  test('an address with host bits means its network', () => {
    assert.equal([...subnets('10.213.7.9/16')][0], '10.213.0.0/27')
  })

  test('the highest network of the address space is in reach', () => {
    assert.deepEqual([...subnets('255.255.255.192/26')], ['255.255.255.192/27', '255.255.255.224/27'])
  })

  for (const pool of ['10.0.0.0', '10.0.0/16', '256.0.0.0/16', '10.0.0.0/33', 'fd00::/8', '10.0.0.0/28']) {
    test(`${pool} is refused as a pool`, () => {
      assert.throws(() => [...subnets(pool)], { code: 'invalid_config', path: 'network.pool' })
    })
  }
})

describe('nextSubnet', () => {
  test('skips what is taken and what is avoided', () => {
    assert.equal(nextSubnet('10.0.0.0/24', ['10.0.0.0/27'], ['10.0.0.32/27']), '10.0.0.64/27')
  })

  test('skips everything below a larger network of somebody else', () => {
    assert.equal(nextSubnet('10.0.0.0/24', [], ['10.0.0.0/25']), '10.0.0.128/27')
  })

  test('skips the network that a single address of somebody else lies in', () => {
    assert.equal(nextSubnet('10.0.0.0/24', [], ['10.0.0.5/32']), '10.0.0.32/27')
  })

  test('says what to do when nothing is left', () => {
    const all = [...subnets('10.0.0.0/26')]
    assert.throws(
      () => nextSubnet('10.0.0.0/26', all),
      (error) =>
        error instanceof QaackError &&
        error.code === 'engine_failed' &&
        /used up.*network\.pool/.test(error.message),
    )
  })

  test('handing out again and again gives networks that do not overlap, until the pool is empty', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 26 }), fc.integer({ min: 0, max: 3 }), (size, more) => {
        const pool = `10.9.0.0/${size}`
        const taken: string[] = []
        const count = 2 ** (Math.min(size + more, 28) - size)
        for (let i = 0; i < count; i++) taken.push(nextSubnet(pool, taken, [], Math.min(size + more, 28)))
        assert.equal(new Set(taken).size, count)
        assert.throws(() => nextSubnet(pool, taken, [], Math.min(size + more, 28)))
      }),
      { numRuns: 30 },
    )
  })
})

describe('addressIn', () => {
  test('the first is the gateway, the next ones are for services', () => {
    assert.equal(addressIn('10.213.0.32/27', 1), '10.213.0.33')
    assert.equal(addressIn('10.213.0.32/27', 2), '10.213.0.34')
  })

  test('a /27 holds 29 services', () => {
    assert.equal(addressIn('10.213.0.32/27', 30), '10.213.0.62')
    assert.throws(() => addressIn('10.213.0.32/27', 31), {
      code: 'engine_failed',
      message: /holds 29 services/,
    })
  })

  test('the address of the network itself is nobody’s', () => {
    assert.throws(() => addressIn('10.213.0.32/27', 0), { code: 'engine_failed' })
  })
})
