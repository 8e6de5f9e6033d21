import { silentLogger } from '../../../src/logger.ts'
import { openStore } from '../../../src/stores/open.ts'
import type { Store } from '../../../src/stores/store.ts'

export function open(databaseUrl: string): Promise<Store> {
  return openStore({ databaseUrl, dataDir: '/nonexistent', logger: silentLogger })
}
