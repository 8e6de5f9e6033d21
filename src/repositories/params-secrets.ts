import { open, seal } from '../secrets.ts'
import type { RepositoryParams, RepositoryRecord } from './repository.ts'

/** Which params are kept sealed. */
const secretParams = ['password', 'token'] as const

/** Params as they are kept. */
export function sealParams(secretKey: string, params: RepositoryParams): RepositoryParams {
  return mapSecrets(params, (text) => seal(secretKey, text))
}

/** A repository as its host takes it, with its secrets in clear. Never to be kept or shown. */
export function inClear(secretKey: string, repository: RepositoryRecord): RepositoryRecord {
  return { ...repository, params: mapSecrets(repository.params, (text) => open(secretKey, text)) }
}

function mapSecrets(params: RepositoryParams, map: (text: string) => string): RepositoryParams {
  const mapped = { ...params }
  for (const name of secretParams) {
    const text = params[name]
    if (text !== undefined) mapped[name] = map(text)
  }
  return mapped
}
