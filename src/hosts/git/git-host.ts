import type { GitHost } from '../host.ts'
import { check } from './check.ts'
import { describe } from './describe.ts'
import { receive } from './receive.ts'
import { remote } from './remote.ts'

/** Any git server without an API of its own: type `generic`. */
export function createGitHost(): GitHost {
  return {
    check,
    remote,
    describe,
    receive,
    repositories: () => Promise.resolve(null),
    recover: () => Promise.resolve(0),
    changes: null,
    door: null,
    hooks: null,
  }
}
