import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { addressesOf } from '../../../../src/engines/docker/connect.ts'
import { containerOptions } from '../../../../src/engines/docker/container-options.ts'
import { registryOf, withTag } from '../../../../src/engines/docker/image-name.ts'
import { reachOf } from '../../../../src/engines/docker/info.ts'
import { createProgress } from '../../../../src/engines/docker/progress.ts'
import type { ImageFacts } from '../../../../src/engines/engine.ts'
import { labelsFor } from '../../../../src/engines/labels.ts'
import type { Workload } from '../../../../src/workloads/workload.ts'

const labels = labelsFor({ instance: 'i', environment: 'e', generation: 1, service: 'web' })
const image: ImageFacts = {
  id: 'sha256:1',
  runnable: 'image:1',
  digest: 'sha256:1',
  workdir: '',
  user: '',
  entrypoint: ['entry.sh'],
  command: ['serve'],
  volumes: [],
  layers: [],
}
const workload: Workload = {
  name: 'w',
  image: 'image:1',
  variables: { A: 'x=y', B: '' },
  network: { name: 'n', address: '10.0.0.2', aliases: ['web'] },
  ports: [80],
  limits: { memoryBytes: 1000, cpus: 1.5, pids: 10 },
  directories: [],
  files: [],
}
const engine = { image, hasInit: true, reach: 'address' as const }
const init = (part: Partial<Workload>, declared: Partial<ImageFacts> = {}, hasInit = true) =>
  containerOptions({ ...workload, ...part }, labels, { ...engine, hasInit, image: { ...image, ...declared } })
    .HostConfig?.Init

describe('the options of a container', () => {
  test('an init goes before an image’s own command, and before no other first process', () => {
    assert.equal(init({}), true)
    assert.equal(init({ command: ['x'] }), true)
    assert.equal(init({ entrypoint: ['/bin/sh'] }), false)
    assert.equal(init({}, { entrypoint: ['/init'] }), false)
    assert.equal(init({}, { entrypoint: ['/usr/bin/tini', '--'] }), false)
    assert.equal(init({}, { entrypoint: [], command: ['/sbin/init'] }), false)
    assert.equal(init({}, {}, false), false)
  })

  test('an entrypoint alone keeps the image’s command', () => {
    const options = containerOptions({ ...workload, entrypoint: ['mine'] }, labels, engine)
    assert.deepEqual([options.Entrypoint, options.Cmd], [['mine'], ['serve']])
    const none = containerOptions(workload, labels, engine)
    assert.deepEqual([none.Entrypoint, none.Cmd], [undefined, undefined])
  })

  test('ports are published on loopback, and only where containers are not routable', () => {
    assert.equal(containerOptions(workload, labels, engine).HostConfig?.PortBindings, undefined)
    const published = containerOptions(workload, labels, { ...engine, reach: 'published' })
    assert.deepEqual(published.HostConfig?.PortBindings, {
      '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }],
    })
  })

  test('variables keep every character', () => {
    assert.deepEqual(containerOptions(workload, labels, engine).Env, ['A=x=y', 'B='])
  })
})

describe('how services are reached', () => {
  const linux = {
    info: { Name: 'here', OperatingSystem: 'Debian', SecurityOptions: ['name=seccomp,profile=default'] },
    gateway: '172.17.0.1',
    address: 'unix:///var/run/docker.sock',
    bridge: 'docker0',
    ownAddresses: ['127.0.0.1', '172.17.0.1'],
    ownInterfaces: ['lo', 'docker0'],
    ownName: 'here',
  }
  const cases: [string, Parameters<typeof reachOf>[0], 'address' | 'published'][] = [
    ['a Linux host with its own engine', linux, 'address'],
    ['its own engine by tcp', { ...linux, address: 'tcp://127.0.0.1:2375' }, 'address'],
    [
      'an engine on another machine',
      { ...linux, address: 'tcp://10.0.0.5:2375', ownName: 'there' },
      'published',
    ],
    [
      'Docker Desktop beside an engine',
      { ...linux, info: { ...linux.info, OperatingSystem: 'Docker Desktop' } },
      'published',
    ],
    [
      'a rootless engine',
      { ...linux, info: { ...linux.info, SecurityOptions: ['name=rootless'] } },
      'published',
    ],
    ['a host whose first bridge nobody is on', { ...linux, ownAddresses: ['127.0.0.1'] }, 'address'],
    [
      'a bridge of another name',
      { ...linux, bridge: 'br0', ownInterfaces: ['lo', 'br0'], ownAddresses: [] },
      'address',
    ],
    [
      'a process in a container',
      { ...linux, ownAddresses: ['127.0.0.1', '172.17.0.2'], ownInterfaces: ['lo', 'eth0'] },
      'published',
    ],
    ['an engine without its first network', { ...linux, gateway: undefined, bridge: undefined }, 'published'],
  ]
  for (const [title, facts, reach] of cases) {
    test(`${title}: ${reach}`, () => assert.equal(reachOf(facts), reach))
  }
})

describe('where the engine is looked for', () => {
  test('DOCKER_HOST alone if it is set', () => {
    assert.deepEqual(addressesOf({ dockerHost: 'unix:///x.sock' }), ['unix:///x.sock'])
    assert.deepEqual(addressesOf({ dockerHost: '10.0.0.1:2375' }), ['tcp://10.0.0.1:2375'])
  })

  test('else the usual sockets, the rootless one where it is said to be', () => {
    const found = addressesOf({ runtimeDir: '/run/user/7' })
    assert.deepEqual(found.slice(0, 2), ['unix:///var/run/docker.sock', 'unix:///run/user/7/docker.sock'])
    assert.ok(found.some((address) => address.endsWith('/.docker/run/docker.sock')))
  })
})

describe('names of images', () => {
  test('get the tag latest where they have none', () => {
    const names = ['node', 'node:24', 'host:5000/node', 'host:5000/node:24', 'node@sha256:1']
    assert.deepEqual(names.map(withTag), [
      'node:latest',
      'node:24',
      'host:5000/node:latest',
      'host:5000/node:24',
      'node@sha256:1',
    ])
  })

  test('tell their registry', () => {
    const names = ['node', 'library/node', 'ghcr.io/a/b', 'localhost/a', 'host:5000/a']
    assert.deepEqual(names.map(registryOf), ['docker.io', 'docker.io', 'ghcr.io', 'localhost', 'host:5000'])
  })
})

describe('progress of a pull', () => {
  test('adds up the layers that travel; one that has come counts whole', () => {
    const progress = createProgress()
    assert.deepEqual(progress.add({ status: 'Pulling from library/node', id: '24' }), {
      status: 'Pulling from library/node',
      received: 0,
      total: 0,
    })
    progress.add({ status: 'Downloading', id: 'a', progressDetail: { current: 10, total: 100 } })
    progress.add({ status: 'Downloading', id: 'b', progressDetail: { current: 5, total: 50 } })
    assert.deepEqual(progress.add({ status: 'Download complete', id: 'a', progressDetail: {} }), {
      status: 'Download complete',
      received: 105,
      total: 150,
    })
    assert.equal(
      progress.add({ status: 'Extracting', id: 'b', progressDetail: { current: 1, total: 50 } }).received,
      150,
    )
  })

  test('keeps what went wrong', () => {
    const progress = createProgress()
    progress.add({ error: 'manifest unknown', errorDetail: { message: 'manifest unknown' } })
    assert.equal(progress.fault, 'manifest unknown')
  })
})
