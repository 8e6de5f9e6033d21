import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse } from '../environments/house.ts'

test('a build that fails through its Qaackfile keeps the faults with their places', async () => {
  await using house = await openHouse('services:\n  web:\n    image: busybox\n    prot: 80\n')
  await house.create()
  await house.until('failed')
  const [build] = await house.builds()
  assert.deepEqual(
    build?.faults.map(({ file, line }) => `${file}:${line}`),
    ['qaack/qaack.yml:4'],
  )
  assert.match(build?.reason ?? '', /^qaack\/qaack\.yml has 1 fault:\n/)
})
