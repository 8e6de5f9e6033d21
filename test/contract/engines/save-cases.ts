import assert from 'node:assert/strict'
import type { SavedImage } from '../../../src/engines/engine.ts'
import { reusableLabels } from '../../../src/engines/labels.ts'
import { sh, tarOf, type World } from './harness.ts'
import type { Case } from './suite.ts'

export const saveCases: Record<string, Case> = {
  'a container of a saved image has the files of the container that was saved': async (world) => {
    const { container, folder } = await world.running()
    await container.copyIn(folder, tarOf({ kept: 'as it was' }))
    const saved = await container.save(specOf(world))
    await container.copyIn(folder, tarOf({ kept: 'later' }))
    const other = await world.started({ image: saved.id })
    assert.equal((await sh(other, `cat ${folder}/kept`)).output, 'as it was')
    assert.equal((await sh(container, `cat ${folder}/kept`)).output, 'later')
  },

  'a saved image declares what its image declares, shares its layers, and each has its size': async (
    world,
  ) => {
    const container = await world.created({
      entrypoint: ['sh', '-c'],
      command: ['sleep 600'],
      workdir: '/srv',
    })
    await container.copyIn('/srv', tarOf({ kept: 'x'.repeat(50_000) }))
    const saved = await container.save(specOf(world))
    const image = await world.engine.prepare(world.image, {})
    const facts = await world.engine.prepare(saved.id, {})
    assert.deepEqual(facts, { ...image, digest: saved.id, runnable: saved.id, ...saved })
    assert.deepEqual(facts.layers, saved.layers)
    assert.deepEqual(saved.layers.slice(0, -1), image.layers)
    const own = saved.layers.at(-1)?.bytes ?? 0
    assert.ok(own >= 50_000 && own < 60_000, `${own} bytes`)
  },

  'a saved image says nothing of variables, secret files and commands': async (world, { tellAll }) => {
    const container = await world.started({
      entrypoint: ['sh', '-c'],
      command: ['echo private-command; sleep 600'],
      variables: { TOKEN: 'private-variable' },
      files: [{ path: '/root/.ssh/id', content: 'private-file', mode: 0o600, secret: true }],
    })
    await sh(container, 'echo private-exec', { variables: { MORE: 'private-exec' } })
    const saved = await container.save(specOf(world))
    const told = await tellAll(saved.id)
    assert.match(told, /"qaack.reusable":"one"/)
    assert.doesNotMatch(told, /private|TOKEN|QAACK_EXEC|\.ssh/)
    const other = await world.started({ image: saved.id })
    assert.equal((await sh(other, 'echo $TOKEN')).output, '\n')
    assert.doesNotMatch((await sh(other, 'cat /root/.ssh/id')).output, /private/)
  },

  'a secret file that came with a copy is no part of what is saved': async (world, { tellAll }) => {
    const files = [{ path: '/root/.ssh/id', content: 'private-file', mode: 0o600, secret: true }]
    const container = await world.started({ files, filesLater: true })
    await container.copyIn('/', tarOf({ 'srv/kept': 'code' }), { files: { directories: [], files } })
    assert.equal((await sh(container, 'cat /root/.ssh/id')).output, 'private-file')
    const saved = await container.save(specOf(world))
    assert.doesNotMatch(await tellAll(saved.id), /private|\.ssh/)
    const other = await world.started({ image: saved.id })
    assert.equal((await sh(other, 'cat /srv/kept')).output, 'code')
    assert.doesNotMatch((await sh(other, 'cat /root/.ssh/id')).output, /private/)
    const again = await world.started({ image: saved.id, files, filesLater: true })
    await again.copyIn('/', tarOf({}), { files: { directories: [], files } })
    assert.equal((await sh(again, 'cat /root/.ssh/id')).output, 'private-file')
  },

  'a secret file stays when the container is started anew, and takes its place in one that was saved': async (
    world,
  ) => {
    const files = (content: string) => [{ path: '/srv/made/secret', content, mode: 0o644, secret: true }]
    const container = await world.started({ files: files('first') })
    await container.stop(0)
    await container.start()
    assert.equal((await sh(container, 'cat /srv/made/secret')).output, 'first')
    const saved = await container.save(specOf(world))
    const again = await world.started({ image: saved.id, files: files('second') })
    assert.equal((await sh(again, 'cat /srv/made/secret')).output, 'second')
    const open = await world.started({
      image: saved.id,
      files: [{ path: '/srv/made/secret', content: 'no secret', mode: 0o644 }],
    })
    assert.equal((await sh(open, 'cat /srv/made/secret')).output, 'no secret')
  },

  'a secret file takes the place of a file that the container has': async (world) => {
    const files = [{ path: '/etc/passwd', content: 'mine', mode: 0o600, secret: true }]
    const container = await world.started({ files })
    assert.equal((await sh(container, 'cat /etc/passwd')).output, 'mine')
  },

  'a paused container is saved, refuses commands, and goes on': async (world) => {
    const { container, folder } = await world.running()
    await container.pause()
    await container.pause()
    assert.equal((await container.inspect())?.running, true)
    await assert.rejects(sh(container, 'true'), { code: 'engine_failed', message: /is paused/ })
    await container.copyIn(folder, tarOf({ kept: 'while paused' }))
    const saved = await container.save(specOf(world))
    await container.unpause()
    await container.unpause()
    for (const one of [container, await world.started({ image: saved.id })])
      assert.equal((await sh(one, `cat ${folder}/kept`)).output, 'while paused')
  },

  'a paused container is stopped, started and removed like every other': async (world) => {
    const container = await world.started()
    await container.pause()
    await container.start()
    assert.equal((await sh(container, 'echo on')).output, 'on\n')
    await container.pause()
    const [paused] = await world.engine.list(world.labels('web'))
    assert.ok(paused?.running && paused.paused)
    await container.stop(1)
    assert.equal((await container.inspect())?.running, false)
    await container.start()
    await container.pause()
    await world.engine.remove(paused)
    assert.equal(await container.inspect(), undefined)
  },

  'pausing what does not run is no error, and it can be saved': async (world) => {
    const container = await world.created()
    await container.copyIn('/srv', tarOf({ kept: 'never ran' }))
    await container.pause()
    await container.unpause()
    const saved = await container.save(specOf(world))
    assert.equal((await sh(await world.started({ image: saved.id }), 'cat /srv/kept')).output, 'never ran')
  },

  'saved images are found by their labels and removed, twice without harm': async (world) => {
    const container = await world.created()
    await Promise.all([container.save(specOf(world, 'one')), container.save(specOf(world, 'two'))])
    const all = await found(world)
    assert.deepEqual(all.map(({ name }) => name).sort(), [nameOf(world, 'one'), nameOf(world, 'two')])
    const one = (await found(world, 'one'))[0]
    assert.deepEqual(one?.labels, specOf(world, 'one').labels)
    await world.engine.remove(one)
    await world.engine.remove(one)
    assert.deepEqual(
      (await found(world)).map(({ name }) => name),
      [nameOf(world, 'two')],
    )
  },

  'a saved image stays while a container is made of it, or another image': async (world) => {
    const saved = await (await world.created()).save(specOf(world, 'one'))
    const child = await world.created({ image: saved.id })
    await child.copyIn('/srv', tarOf({ kept: 'of the child' }))
    const [image] = await found(world, 'one')
    assert.ok(image)
    await world.engine.remove(image)
    assert.equal((await found(world, 'one')).length, 1)
    const grandchild = await child.save(specOf(world, 'two'))
    const [container] = (await world.engine.list(world.labels('web'))).filter(({ id }) => id === child.id)
    assert.ok(container)
    await world.engine.remove(container)
    await world.engine.remove(image)
    assert.deepEqual(await found(world, 'one'), [])
    const last = await world.started({ image: grandchild.id })
    assert.equal((await sh(last, 'cat /srv/kept')).output, 'of the child')
  },

  'what is saved under a name that is in use has it from then on': async (world) => {
    const container = await world.created()
    const first = await container.save(specOf(world))
    await container.copyIn('/srv', tarOf({ kept: 'second' }))
    const second = await container.save(specOf(world))
    assert.notEqual(first.id, second.id)
    assert.equal((await world.engine.prepare(nameOf(world, 'one'), {})).id, second.id)
    const all = await found(world)
    assert.deepEqual(all.map(({ id }) => id).sort(), [first.id, second.id].sort())
    assert.equal(all.find(({ id }) => id === first.id)?.name, first.id)
  },

  'generation after generation stays within the limit and keeps its files': async (world, { deepest }) => {
    let saved: SavedImage | undefined
    const counts: number[] = []
    for (let generation = 0; generation < deepest + 2; generation += 1) {
      const container = await world.created(saved ? { image: saved.id } : {})
      await container.copyIn('/srv', tarOf({ [`kept-${generation}`]: `of ${generation} ` }))
      saved = await container.save(specOf(world))
      counts.push(saved.layers.length)
    }
    assert.equal(Math.max(...counts), deepest)
    assert.ok(counts.includes(1), `layers: ${counts.join(', ')}`)
    const all = counts.map((_count, generation) => `cat /srv/kept-${generation}`).join('; ')
    const { output } = await sh(await world.started({ image: saved?.id ?? '' }), all)
    assert.equal(output, counts.map((_count, generation) => `of ${generation} `).join(''))
  },

  'a save whose signal fires ends with its reason, and the container goes on and can be saved': async (
    world,
  ) => {
    const { container } = await world.running()
    const reason = new Error('enough')
    await assert.rejects(container.save(specOf(world), AbortSignal.abort(reason)), reason)
    assert.deepEqual(await found(world), [])
    await container.pause()
    const stop = new AbortController()
    const rejected = assert.rejects(container.save(specOf(world), stop.signal), reason)
    stop.abort(reason)
    await rejected
    await container.unpause()
    assert.equal((await sh(container, 'echo on')).output, 'on\n')
    const saved = await container.save(specOf(world), new AbortController().signal)
    assert.ok((await found(world, 'one')).some(({ id }) => id === saved.id))
  },

  'a container that is not there cannot be saved or paused': async (world) => {
    const container = world.engine.container('0123456789ab')
    await assert.rejects(container.save(specOf(world)), { code: 'engine_failed' })
    await assert.rejects(container.pause(), { code: 'engine_failed' })
    assert.deepEqual(await found(world), [])
  },
}

function specOf(world: World, reusable = 'one') {
  const labels = reusableLabels({ instance: world.instance, reusable, service: 'web' })
  return { name: nameOf(world, reusable), labels }
}

function nameOf(world: World, reusable: string): string {
  return `qaack-reusable/${world.instance}:${reusable}`
}

async function found(world: World, reusable?: string) {
  const labels = {
    'qaack.instance': world.instance,
    ...(reusable === undefined ? {} : { 'qaack.reusable': reusable }),
  }
  return (await world.engine.list(labels)).filter(({ kind }) => kind === 'image')
}
