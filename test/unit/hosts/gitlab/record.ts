import type { RepositoryParams } from '../../../../src/repositories/repository.ts'
import { shopAt } from '../record.ts'

export const shop = (params: Partial<RepositoryParams> = {}) =>
  shopAt('gitlab', 'https://gitlab.example.com/acme/shop.git', params)
