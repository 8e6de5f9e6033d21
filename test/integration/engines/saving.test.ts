import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { systemClock } from '../../../src/clock.ts'
import { clientFor } from '../../../src/engines/docker/connect.ts'
import { Connection } from '../../../src/engines/docker/connection.ts'
import { imageConfig, Origin } from '../../../src/engines/docker/image-config.ts'
import { loadWithLayers } from '../../../src/engines/docker/load.ts'
import { reusableLabels } from '../../../src/engines/labels.ts'
import { dockerHost, openDocker } from '../../contract/engines/docker.ts'
import type { Container } from '../../../src/engines/engine.ts'
import { sh, World } from '../../contract/engines/harness.ts'
import { testImages } from '../../images/busybox.ts'

const make = `
rm /etc/group
mkdir -p /srv/deep && cd /srv
echo run > deep/run && chown 1000:7 deep/run deep && chmod 4750 deep/run
ln -s deep/run link && ln deep/run hard
`
const look = 'cd /srv; stat -c "%n %F %a %u %g %h" deep deep/run hard link; readlink link; cat link; ls /etc'

describe('saving on Docker', { timeout: 120_000 }, () => {
  let world: World
  let deepest: number
  /** Has the files of `make`. */
  let made: Container
  const docker = clientFor(dockerHost)
  before(async () => {
    const docker = await openDocker()
    deepest = docker.deepest
    world = await new World(docker).open()
    made = await world.started()
    await sh(made, make)
  })
  after(() => world.clear())

  const spec = (reusable: string) => ({
    name: `qaack-reusable/${world.instance}:${reusable}`,
    labels: reusableLabels({ instance: world.instance, reusable, service: 'web' }),
  })

  test('keeps owners, modes, links and what was removed, also when it becomes flat', async () => {
    let container = made
    const { output } = await sh(container, look)
    assert.match(output, /deep\/run regular file 4750 1000 7 2/)
    assert.doesNotMatch(output, /group/)
    const counts: number[] = []
    while (!counts.includes(1)) {
      assert.ok(counts.length <= deepest, 'it never became flat')
      // Without a change there is no layer more.
      await sh(container, `echo ${counts.length} > /tmp/generation`)
      const saved = await container.save(spec('chain'))
      counts.push(saved.layers.length)
      container = await world.started({ image: saved.id })
      assert.equal((await sh(container, look)).output, output)
    }
    const { Config } = await docker.getContainer(container.id).inspect()
    assert.deepEqual(Config.Env, ['PATH=/bin'])
  })

  test('leaves nothing behind that it made on the way', async () => {
    await (await world.created()).save(spec('tidy'))
    const images = await docker.listImages({ filters: { label: [`qaack.instance=${world.instance}`] } })
    const names = images.flatMap(({ RepoTags }) => RepoTags ?? [])
    assert.deepEqual(
      names.filter((name) => name.startsWith('qaack-saving')),
      [],
    )
  })

  test('includes what is written where the image declared a volume, or the file of the build wants a directory', async () => {
    const { runnable, volumes } = await world.engine.prepare(testImages.declaring, {})
    assert.deepEqual(volumes, ['/data'])
    const directories = ['/made/for/it', '/tmp']
    const container = await world.started({ image: runnable, directories })
    assert.deepEqual((await docker.getContainer(container.id).inspect()).Mounts, [])
    const listed = await sh(container, 'stat -c "%a %u" /made/for/it /tmp /data', { user: '0' })
    assert.equal(listed.output, '755 0\n1777 0\n755 0\n')
    await sh(container, 'echo one > /data/a; echo two > /made/for/it/b', { user: '0' })
    const saved = await container.save(spec('volumes'))
    const again = await world.started({ image: saved.id })
    assert.equal((await sh(again, 'cat /data/a /made/for/it/b; id -u; pwd')).output, 'one\ntwo\n1000\n/srv\n')
    assert.equal((await sh(again, 'echo $FROM_IMAGE')).output, 'yes\n')
  })

  test('makes the directory of a declared volume that the image does not have', async () => {
    const origin = Origin.parse(await docker.getImage(world.image).inspect())
    const labels = { ...spec('declares').labels }
    const layers = origin.RootFS.Layers ?? []
    const config = JSON.parse(imageConfig(origin, { layers, labels, created: '2020-01-01T00:00:00Z' })) as {
      config: object
    }
    config.config = { ...config.config, Volumes: { '/not/there': {} } }
    const { name } = spec('declares')
    const image = { what: 'test', name, config: JSON.stringify(config), layers, source: world.image }
    await loadWithLayers(connection(), image)
    const { runnable } = await world.engine.prepare(name, {})
    const container = await world.started({ image: runnable })
    assert.equal((await sh(container, 'stat -c "%a %u" /not/there')).output, '755 0\n')
    await world.engine.remove({ kind: 'container', id: container.id, name: container.id, labels: {} })
    await world.engine.remove({ kind: 'image', id: name, name, labels: {} })
    // Its origin is gone: the next one that is made takes it along once nothing is made of it.
    await docker.getImage(runnable).remove()
  })

  test('also works with an engine that wants to be given every layer', async () => {
    const saved = await made.save(spec('small'))
    const origin = Origin.parse(await docker.getImage(saved.id).inspect())
    const layers = origin.RootFS.Layers ?? []
    const { name, labels } = spec('whole')
    const config = imageConfig(origin, { layers, labels: { ...labels }, created: '2020-01-01T00:00:00Z' })
    await loadWithLayers(connection(), { what: 'load an image', name, config, layers, source: saved.id })
    const again = await world.started({ image: name })
    assert.equal((await sh(again, look)).output, (await sh(made, look)).output)
  })

  test('a command that is cancelled while its container is paused ends when that goes on, and nothing starts anew', async () => {
    const container = made
    const before = await container.inspect()
    const stop = new AbortController()
    const begun = Promise.withResolvers<void>()
    const running = container.exec({
      command: ['sh', '-c', 'echo on; sleep 600'],
      onOutput: () => begun.resolve(),
      signal: stop.signal,
    })
    await begun.promise
    await container.pause()
    const reason = new Error('cancelled')
    const rejected = assert.rejects(running, reason)
    stop.abort(reason)
    await container.save(spec('paused'))
    await container.unpause()
    await rejected
    assert.equal((await container.inspect())?.startedAt, before?.startedAt)
    assert.doesNotMatch((await sh(container, 'ps')).output, /sleep 600/)
  })

  function connection(): Connection {
    return new Connection({ dockerHost }, systemClock, { connect: 5000, answer: 60_000 })
  }
})
