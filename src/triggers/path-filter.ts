import type { RepositorySettings } from '../repositories/repository.ts'
import { listed } from './listed.ts'
import { matchesWildcard } from './wildcard.ts'

type PathFilter = Pick<RepositorySettings['webhook'], 'paths' | 'pathsIgnore'>

/** Whether the paths of a change matter at all; finding them takes time. */
export function hasPathFilter({ paths, pathsIgnore }: PathFilter): boolean {
  return paths.length > 0 || pathsIgnore.length > 0
}

/**
 * Why a change of these files is not for us, as a sentence; undefined if it is. `changed` are the paths of all files that
 * the whole change touches. A change of no file matches nothing: not `paths`, but not `pathsIgnore` either.
 */
export function pathsOut({ paths, pathsIgnore }: PathFilter, changed: string[]): string | undefined {
  const matches = (path: string) => (pattern: string) => matchesWildcard(pattern, path)
  if (paths.length > 0 && !changed.some((path) => paths.some(matches(path)))) {
    return changed.length === 0
      ? `path filter: the change touches no file, and paths asks for ${listed(paths)}`
      : `path filter: nothing that the change touches matches paths: ${listed(paths)}`
  }
  if (changed.length > 0 && changed.every((path) => pathsIgnore.some(matches(path))))
    return `path filter: all that the change touches matches pathsIgnore: ${listed(pathsIgnore)}`
  return undefined
}
