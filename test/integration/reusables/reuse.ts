import assert from 'node:assert/strict'
import type { Container } from '../../../src/engines/engine.ts'
import { settle } from '../../fakes/clock.ts'
import type { FakeEngine } from '../../fakes/engine.ts'
import type { openHouse } from '../environments/house.ts'

export type House = Awaited<ReturnType<typeof openHouse>>

/** A shop whose installation is saved on main, and decided by the file `lock`. */
export const shop = (given: { install?: string; more?: string } = {}) => `
reuse: deps
make_reusable:
  deps: {on: web.install, where: [main]}
services:
  web:
    image: web
    checkout: true
    commands:
      install: {run: ${given.install ?? 'echo installing'}, inputs: [lock]}
      build: echo building
    start: serve
  db: {image: db}
${given.more ?? ''}`

/** Text of the newest build's log. */
export async function logOf(house: House): Promise<string> {
  const build = (await house.builds()).at(-1)
  return (await house.parts.store.readLog(build?.id ?? '')).text
}

/** Waits until the newest build has come to a good end, for this commit. */
export async function built(house: House, hash: string) {
  const environment = await house.untilSo(async ({ state, serving }) => {
    if (state === 'failed') return true
    const isOver = (await house.builds()).every(({ status }) => status === 'ended')
    return isOver && state === 'built' && serving?.hash === hash
  }, 'built')
  assert.equal(environment.state, 'built', environment.reason)
  await settle()
  return environment
}

export function savedOf(house: House) {
  return house.parts.store.list('reusable')
}

/** Names on the engine of the saved images. */
export async function imagesOf(house: House): Promise<string[]> {
  const all = await house.engine.list({ 'qaack.instance': 'testinstance' })
  return all.filter(({ labels }) => labels['qaack.reusable']).map(({ name }) => name)
}

/** Changes what containers of the fake do. */
export function patch(engine: FakeEngine, change: (container: Container) => Partial<Container>): void {
  const original = engine.container.bind(engine)
  engine.container = (id) => {
    const container = original(id)
    return { ...container, ...change(container) }
  }
}
