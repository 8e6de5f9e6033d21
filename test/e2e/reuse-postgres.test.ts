import test from 'node:test'
import { rowsAgain } from './reuse-postgres.ts'

// That a changed input fills it anew is in test/soak, and for a volume of another image in reuse.test.ts.
test(
  'a PostgreSQL image that declares a volume has its rows again after a build from what was saved',
  { timeout: 200_000 },
  () => rowsAgain(),
)
