import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ReusableRecord } from '../../../../src/builds/reusable.ts'
import { inputsOf, type Done, type Makings } from '../../../../src/builds/reuse/makings.ts'
import { whatLedTo } from '../../../../src/builds/reuse/what-led-to.ts'
import type { TemplateData } from '../../../../src/qaackfile/qaackfile.ts'
import { readWithIdentity } from '../../../../src/qaackfile/read.ts'
import { sample } from '../../../../src/qaackfile/sample.ts'
import type { EnvironmentFacts } from '../../../../src/workloads/facts.ts'

/** All that decides what a build makes, as far as people can edit it. */
export interface Shop {
  /** As in the Qaackfile. */
  variables: Record<string, unknown>
  services: ShopService[]
  custom: EnvironmentFacts['custom']
  files: { path: string; mode: string; hash: string }[]
  tree: string
}

export interface ShopService {
  name: string
  digest: string
  steps: { name: string; run: string[]; inputs?: string[]; user?: string; timeout?: number }[]
  /** Other keys, as in the Qaackfile. */
  keys: Record<string, unknown>
}

export const main = sample('github', 'branch')

export function makingsOf(shop: Shop, data: TemplateData = main): Makings {
  const services = shop.services.map(({ name, steps, keys }) => [
    name,
    { image: 'acme/image', ...keys, ...(steps.length > 0 ? { commands: steps } : {}) },
  ])
  const text = JSON.stringify({
    variables: shop.variables,
    services: Object.fromEntries(services) as unknown,
  })
  const read = readText(text, data)
  return {
    ...read,
    custom: shop.custom,
    digests: new Map(shop.services.map(({ name, digest }) => [name, digest])),
    locked: new Map(),
    inputs: inputsOf(read.qaackfile, shop.files),
    tree: shop.tree,
    key: Buffer.from('a key'),
  }
}

export function readText(text: string, data: TemplateData = main): Pick<Makings, 'qaackfile' | 'identity'> {
  const read = readWithIdentity({ file: 'qaack.yml', text }, data)
  assert.ok('qaackfile' in read, JSON.stringify(read.faults))
  return { qaackfile: read.qaackfile, identity: read.identity }
}

/** What is saved after the last of the done steps of the first service. */
export function saved(makings: Makings, done: Done, more: Partial<ReusableRecord> = {}): ReusableRecord {
  const [first] = makings.qaackfile.services
  const step = first?.steps[(done[first.name] ?? 0) - 1]?.name
  return {
    id: 'reusable',
    version: 0,
    repositoryId: 'repository',
    environmentId: 'environment',
    buildId: 'build',
    ref: { type: 'branch', name: 'main' },
    purpose: 'label',
    label: 'deps',
    savePoint: first && step !== undefined ? { service: first.name, step } : null,
    trusted: true,
    made: whatLedTo(makings, done),
    services: makings.qaackfile.services.map(({ name }) => ({
      name,
      image: `sha256:${name}`,
      steps: done[name] ?? 0,
      code: null,
      layers: {},
    })),
    status: 'ready',
    savedAt: 1000,
    usedAt: 1000,
    ...more,
  }
}

/** Of services as they are met: two with steps, `web` with code, and one that only runs its image. */
export const shops: fc.Arbitrary<{ shop: Shop; done: Done }> = fc
  .record({
    web: fc.integer({ min: 1, max: 4 }),
    more: fc.nat({ max: 3 }),
    worker: fc.nat({ max: 3 }),
    workerDone: fc.nat({ max: 3 }),
    withInputs: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
  })
  .map(({ web, more, worker, workerDone, withInputs }) => {
    const steps = (service: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({
        name: `step${index}`,
        run: [`${service} does ${index}`, 'then more'],
        ...(withInputs[index] ? { inputs: [`lock${index}.json`, 'config/*'] } : {}),
      }))
    return {
      shop: {
        variables: { F_ONE: 'one', F_TWO: { value: 'two', visibility: 'buildtime' } },
        services: [
          { name: 'web', digest: 'd1', steps: steps('web', web + more), keys: { checkout: true, port: 80 } },
          {
            name: 'worker',
            digest: 'd2',
            steps: steps('worker', worker),
            keys: { variables: { S_ONE: 'x' } },
          },
          { name: 'db', digest: 'd3', steps: [], keys: { variables: { S_TWO: 'y' } } },
        ],
        custom: {
          repository: { R_ONE: { value: 'secret', visibility: 'always' as const } },
          group: { G_ONE: { value: 'g', visibility: 'buildtime' as const } },
        },
        files: Array.from({ length: 8 }, (_, index) => [
          `lock${index}.json`,
          `config/${index}.yml`,
          `src/${index}.ts`,
        ])
          .flat()
          .map((path) => ({ path, mode: '100644', hash: `hash of ${path}` })),
        tree: 'tree1',
      },
      done: { web, worker: Math.min(worker, workerDone), db: 0 },
    }
  })
