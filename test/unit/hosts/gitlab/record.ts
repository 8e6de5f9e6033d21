import {
  defaultSettings,
  type RepositoryParams,
  type RepositoryRecord,
} from '../../../../src/repositories/repository.ts'

/** A repository acme/shop at GitLab, with the params that a test is about. */
export function shop(params: Partial<RepositoryParams> = {}): RepositoryRecord {
  return {
    id: 'r',
    version: 1,
    groupId: 'g',
    name: 'shop',
    type: 'gitlab',
    params: { origin: 'https://gitlab.example.com/acme/shop.git', owner: 'acme', repo: 'shop', ...params },
    settings: defaultSettings,
    createdAt: 0,
    syncedAt: null,
    syncError: null,
  }
}
