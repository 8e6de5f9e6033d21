import {
  defaultSettings,
  type RepositoryParams,
  type RepositoryRecord,
  type RepositoryType,
} from '../../../src/repositories/repository.ts'

/** A repository acme/shop at the host of a type, with the params that a test is about. */
export function shopAt(
  type: RepositoryType,
  origin: string,
  params: Partial<RepositoryParams> = {},
): RepositoryRecord {
  return {
    id: 'r',
    version: 1,
    groupId: 'g',
    name: 'shop',
    type,
    params: { origin, owner: 'acme', repo: 'shop', ...params },
    settings: defaultSettings,
    createdAt: 0,
    syncedAt: null,
    syncError: null,
    sshKey: null,
    rebuiltAt: null,
  }
}
