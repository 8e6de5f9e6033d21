import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { checkout, type CheckoutWish } from '../../../src/builds/checkout.ts'
import type { Checkout } from '../../../src/qaackfile/qaackfile.ts'
import type { Mirror } from '../../../src/repositories/mirror.ts'
import { folderFor, mirrorAt, newRepository } from '../repositories/sample.ts'
import { hostContainer, type HostContainer } from './host-container.ts'

export const plain: Checkout = { path: null, depth: 0, submodules: false, lfs: false }

/** A repository, its mirror, and a container that it is checked out into at `app`. */
export interface Setting {
  folder: string
  origin: string
  mirror: Mirror
  app: string
  container: HostContainer
  /** Fetches and checks out branch main, unless told otherwise. */
  put: (hash: string, more?: Partial<CheckoutWish>) => Promise<void>
}

export function setting(t: TestContext, ...flags: string[]): Setting {
  return settingIn(folderFor(t), ...flags)
}

export function settingIn(folder: string, ...flags: string[]): Setting {
  const origin = newRepository(folder, 'origin', ...flags)
  const mirror = mirrorAt(folder, origin)
  const container = hostContainer()
  const app = join(folder, 'srv', 'app')
  const put = async (hash: string, more: Partial<CheckoutWish> = {}) => {
    await mirror.fetch()
    await checkout({
      mirror,
      hash,
      ref: { type: 'branch', name: 'main' },
      container,
      path: app,
      options: plain,
      ...more,
    })
  }
  return { folder, origin, mirror, app, container, put }
}
