import { FakeEngine } from '../../fakes/engine.ts'
import type { Implementation } from './harness.ts'
import { engineContract } from './suite.ts'

engineContract('in memory', () => Promise.resolve(implementation()))

function implementation(): Implementation {
  const deepest = 4
  const engine = new FakeEngine({ deepest })
  return {
    engine,
    image: 'busybox:1',
    missingImage: 'missing/image:1',
    deepest,
    tellAll(id) {
      const { facts, labels } = engine.images.find(id) ?? {}
      return Promise.resolve(JSON.stringify({ facts, labels }))
    },
  }
}
