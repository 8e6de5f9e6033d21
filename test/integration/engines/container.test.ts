import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { pack } from 'tar-stream'
import { clientFor } from '../../../src/engines/docker/connect.ts'
import type { Container } from '../../../src/engines/engine.ts'
import { dockerHost, openDocker } from '../../contract/engines/docker.ts'
import { sh, textOf, World } from '../../contract/engines/harness.ts'
import { testImages } from '../../images/busybox.ts'

describe('a container on Docker', { timeout: 120_000 }, () => {
  let world: World
  const docker = clientFor(dockerHost)
  const limits = { memoryBytes: 48 * 2 ** 20, cpus: 0.5, pids: 33, shmBytes: 2 ** 20 }
  /** Runs the command of its image, within these limits, with a secret file. */
  let container: Container
  before(async () => {
    world = await new World(await openDocker()).open()
    const files = [{ path: '/root/secret', content: 'secret', mode: 0o600, secret: true }]
    container = await world.started({ limits, files })
    await world.engine.prepare(testImages.declaring, {})
  })
  after(() => world.clear())

  test('has the limits that the workload says, and no rights beyond the usual', async () => {
    const { HostConfig, Mounts, Config } = await docker.getContainer(container.id).inspect()
    assert.deepEqual(
      [
        HostConfig.Memory,
        HostConfig.MemorySwap,
        HostConfig.NanoCpus,
        HostConfig.PidsLimit,
        HostConfig.ShmSize,
      ],
      [48 * 2 ** 20, 48 * 2 ** 20, 500_000_000, 33, 2 ** 20],
    )
    assert.deepEqual(HostConfig.LogConfig, {
      Type: 'json-file',
      Config: { 'max-file': '3', 'max-size': '10m' },
    })
    assert.equal(HostConfig.Privileged, false)
    assert.deepEqual(
      Mounts.map(({ Type }) => Type),
      ['volume'],
    )
    assert.deepEqual(Config.Healthcheck?.Test, ['NONE'])
    const { output } = await sh(container, 'mknod /tmp/disk b 8 0; ls /tmp; grep CapBnd /proc/self/status')
    assert.doesNotMatch(output, /^disk$/m)
    assert.match(output, /CapBnd:\s+00000000a00405fb/)
  })

  test('of an image’s own command has an init before it that buries the dead', async () => {
    await sh(container, '(sleep 0.05 &)')
    assert.match((await sh(container, 'cat /proc/1/cmdline')).output, /docker-init/)
  })

  test('with an entrypoint of ours has that as its first process', async () => {
    const container = await world.started({
      entrypoint: ['sh'],
      command: ['-c', 'while :; do sleep 1; done'],
    })
    assert.match((await sh(container, 'cat /proc/1/cmdline')).output, /^sh\0/)
  })

  test('keeps the image’s command when only the entrypoint is replaced', async () => {
    const container = await world.started({ image: testImages.declaring, entrypoint: ['echo', 'mine:'] })
    assert.equal(
      await textOf(container.logs({ follow: true })),
      'mine: echo started by the image; sleep 600\n',
    )
  })

  test('an image tells everything it declares', async () => {
    const { id, digest, runnable, layers, ...facts } = await world.engine.prepare(testImages.declaring, {})
    assert.equal(digest, id)
    assert.match(runnable, /^qaack-plain:[0-9a-f]{32}$/)
    assert.equal(layers.length, 1)
    assert.ok((layers[0]?.bytes ?? 0) > 1_000_000)
    assert.deepEqual(facts, {
      workdir: '/srv',
      user: 'app',
      entrypoint: ['sh', '-c'],
      command: ['echo started by the image; sleep 600'],
      volumes: ['/data'],
    })
  })

  test('that is removed takes its unnamed volumes along', async () => {
    const container = await world.started({ image: testImages.declaring })
    const { Mounts } = await docker.getContainer(container.id).inspect()
    const volume = Mounts[0]?.Name ?? ''
    await docker.getVolume(volume).inspect()
    await world.engine.remove({ kind: 'container', id: container.id, name: 'x', labels: {} })
    await assert.rejects(docker.getVolume(volume).inspect(), { statusCode: 404 })
  })

  test('finds the others by their aliases and is reached by address and port', async () => {
    const web = {
      entrypoint: ['sh', '-c'],
      command: ['mkdir /www; echo hello > /www/index.html; httpd -f -p 8080 -h /www'],
    }
    const { network } = world.workload()
    const server = await world.started({
      ...web,
      ports: [8080],
      network: { ...network, aliases: ['web', 'www'] },
    })
    await sh(container, 'while ! wget -q -O /tmp/page http://www:8080/; do sleep 0.05; done')
    assert.equal((await sh(container, 'cat /tmp/page')).output, 'hello\n')
    const state = await server.inspect()
    assert.equal((await world.engine.info()).reach === 'address', state?.address === network.address)
    const port = state?.publishedPorts[8080] ?? 8080
    assert.equal(await (await fetch(`http://${state?.address}:${port}/`)).text(), 'hello\n')
  })

  test('does not see a container of another network', async () => {
    const other = await new World({ engine: world.engine, image: world.image }).open()
    try {
      const there = await other.started({ entrypoint: ['sh', '-c'], command: ['nc -l -p 8080'] })
      const address = (await there.inspect())?.address
      assert.notEqual((await sh(container, `nc -w 1 ${address} 8080 < /dev/null`)).exitCode, 0)
    } finally {
      await other.clear()
    }
  })

  test('a large copy to a container that is gone is refused, not taken for a dead engine', async () => {
    const container = await world.created()
    await world.engine.remove({ kind: 'container', id: container.id, name: 'x', labels: {} })
    const large = pack()
    large.entry({ name: 'large' }, Buffer.alloc(64 * 2 ** 20))
    large.finalize()
    await assert.rejects(container.copyIn('/srv', Readable.from(large, { objectMode: false })), {
      code: 'engine_failed',
    })
  })

  test('a main process that the image does not have is the build’s fault', async () => {
    const container = await world.created({ entrypoint: ['no-such-program'], command: [] })
    await assert.rejects(container.start(), {
      name: 'BuildFailure',
      message: /its image has no program no-such-program/,
    })
  })
})
