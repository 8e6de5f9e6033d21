import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { workloadFromService } from '../../../src/workloads/from-qaackfile.ts'
import { supervisorScript } from '../../../src/workloads/supervisor-script.ts'
import { supervisorPaths } from '../../../src/workloads/supervisor.ts'
import { factsOf, qaackfileOf, serviceOf } from './facts.ts'

function workloadOf(keys: string, workdir = '/srv') {
  const qaackfile = qaackfileOf(`services: {web: {image: node:24, ${keys}}}`)
  return workloadFromService(serviceOf(qaackfile, 'web'), {
    ...factsOf(qaackfile),
    generation: 3,
    image: { workdir },
    network: { name: 'qaack-abcdefghij-3', address: '10.0.0.2' },
  })
}

suite('the workload of a service', () => {
  test('that runs its image’s own command changes nothing of the image', () => {
    const { variables, ...workload } = workloadOf('port: 80')
    assert.deepEqual(workload, {
      name: 'qaack-abcdefghij-3-web',
      image: 'node:24',
      network: { name: 'qaack-abcdefghij-3', address: '10.0.0.2', aliases: ['web'] },
      ports: [80],
      limits: { memoryBytes: 2048, cpus: 2, pids: 100 },
      directories: [],
      files: [],
    })
    assert.equal(variables['QCK_SERVICE_NAME'], 'web')
  })

  test('has no word in its arguments for which a step may look with pkill -f', () => {
    const { entrypoint, command } = workloadOf('start: npm start')
    const shown = [...(entrypoint ?? []), ...(command ?? [])].join(' ')
    const words =
      /main|process|start|serve|build|sleep|command|code|dev|node|npm|app|web|run|watch|worker|job|test/gi
    assert.deepEqual(shown.match(words), null)
  })

  test('with start has the supervisor as its main process', () => {
    const workload = workloadOf('start: npm start, entrypoint: [never], shell: /bin/bash, user: node')
    assert.deepEqual(
      [workload.entrypoint, workload.command],
      [
        ['/bin/bash', '-c', supervisorScript],
        ['/.qaack/supervisor', '/bin/bash', 'serviceid2-3'],
      ],
    )
    assert.equal(workload.user, 'node')
    assert.deepEqual(
      workload.files.map(({ path }) => path),
      [supervisorPaths.command, supervisorPaths.container],
    )
    assert.equal(workload.files[0]?.content, 'npm start\n')
    assert.equal(workload.files[1]?.content, 'serviceid2-3\n')
  })

  test('with a shell that reads no scripts of ours is supervised by sh', () => {
    const workload = workloadOf('start: x, shell: /usr/bin/fish')
    assert.deepEqual(
      [workload.entrypoint?.slice(0, 1), workload.command?.[1]],
      [['/bin/sh'], '/usr/bin/fish'],
    )
  })

  test('with entrypoint only replaces the image’s', () => {
    const workload = workloadOf('entrypoint: [run, me]')
    assert.deepEqual([workload.entrypoint, workload.command], [['run', 'me'], undefined])
  })

  test('works where its path says, else where the image does, and in /app instead of /', () => {
    assert.equal(workloadOf('start: x, path: /code').workdir, '/code')
    assert.equal(workloadOf('start: x').workdir, '/srv')
    assert.equal(workloadOf('start: x', '/').workdir, '/app')
    assert.equal(workloadOf('port: 1', '/').workdir, undefined)
  })

  test('has its own limits before the server’s', () => {
    assert.deepEqual(workloadOf('resources: {memory: 64m, shm: 1m}').limits, {
      memoryBytes: 64 * 1024 ** 2,
      cpus: 2,
      pids: 100,
      shmBytes: 1024 ** 2,
    })
  })

  test('has its volumes as directories, so that they are part of what is saved', () => {
    assert.deepEqual(workloadOf('volumes: [{mount: /a}, {mount: /b}]').directories, ['/a', '/b'])
  })
})
