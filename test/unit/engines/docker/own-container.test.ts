import assert from 'node:assert/strict'
import test from 'node:test'
import { containerIdOf } from '../../../../src/engines/docker/own-container.ts'

const id = 'c0ffee'.repeat(11).slice(0, 64)

test('the container that a process runs in is known by the files that the engine mounts into it', () => {
  const mounts = [
    '611 600 0:52 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/X',
    `620 611 8:1 /var/lib/docker/containers/${id}/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw`,
    `621 611 8:1 /var/lib/docker/containers/${id}/hostname /etc/hostname rw - ext4 /dev/sda1 rw`,
  ]
  assert.equal(containerIdOf(mounts.join('\n')), id)
})

test('a host that runs containers is not taken for one of them', () => {
  const mounts = [
    '22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw',
    `90 22 0:45 / /var/lib/docker/containers/${id}/mounts/shm rw - tmpfs shm rw`,
  ]
  assert.equal(containerIdOf(mounts.join('\n')), undefined)
})
