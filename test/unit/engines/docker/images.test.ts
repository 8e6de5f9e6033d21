import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { imageConfig, type Origin } from '../../../../src/engines/docker/image-config.ts'
import { aligned } from '../../../../src/engines/docker/layers.ts'

const step = (CreatedBy: string, Size = 0) => ({ CreatedBy, Size })

describe('the sizes of layers', () => {
  test('are those of the steps that made one', () => {
    const history = [
      step('/bin/sh -c #(nop)  CMD ["serve"]'),
      step('/bin/sh -c make', 20),
      step('ENV A=b'),
      step('/bin/sh -c #(nop) ADD file:1 in / ', 10),
    ]
    assert.deepEqual(aligned(['a', 'b'], history), [
      { id: 'a', bytes: 10 },
      { id: 'b', bytes: 20 },
    ])
  })

  test('are nothing for a layer without files, wherever it lies', () => {
    const history = [step('VOLUME [/data]'), step('RUN rm x'), step('WORKDIR /app'), step('COPY . .', 10)]
    assert.deepEqual(
      aligned(['a', 'b', 'c'], history).map(({ bytes }) => bytes),
      [10, 0, 0],
    )
  })

  test('are there for each layer, also when the engine tells of none', () => {
    assert.deepEqual(aligned(['a'], []), [{ id: 'a', bytes: 0 }])
  })
})

describe('the configuration of an image', () => {
  const origin: Origin = {
    Id: 'sha256:1',
    Created: '2020-01-01T00:00:00Z',
    Architecture: 'arm64',
    Os: 'linux',
    Variant: 'v8',
    Config: {
      Env: ['PATH=/bin'],
      Cmd: ['serve'],
      Entrypoint: null,
      User: 'app',
      WorkingDir: '/srv',
      Volumes: { '/data': {} },
      Labels: { theirs: 'yes', 'qaack.plain': 'sha256:0', 'qaack.reusable': 'old' },
      Healthcheck: { Test: ['CMD', 'true'] },
    },
    RootFS: { Layers: ['a'] },
  }
  const made = JSON.parse(
    imageConfig(origin, { layers: ['a', 'b'], labels: { 'qaack.reusable': 'new' }, created: 'now' }),
  ) as Record<string, unknown>

  test('has the settings of the image before, no volumes, and our labels instead of older ones', () => {
    assert.deepEqual(made.config, {
      Env: ['PATH=/bin'],
      Cmd: ['serve'],
      User: 'app',
      WorkingDir: '/srv',
      Healthcheck: { Test: ['CMD', 'true'] },
      Labels: { theirs: 'yes', 'qaack.reusable': 'new' },
    })
    assert.deepEqual([made.architecture, made.os, made.variant], ['arm64', 'linux', 'v8'])
  })

  test('has one step of history for each layer', () => {
    assert.deepEqual(made.rootfs, { type: 'layers', diff_ids: ['a', 'b'] })
    assert.equal((made.history as unknown[]).length, 2)
  })
})
