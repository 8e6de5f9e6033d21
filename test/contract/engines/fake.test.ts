import { FakeEngine } from '../../fakes/engine.ts'
import { engineContract } from './suite.ts'

engineContract('in memory', () =>
  Promise.resolve({ engine: new FakeEngine(), image: 'busybox:1', missingImage: 'missing/image:1' }),
)
