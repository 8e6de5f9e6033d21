import type { Parts } from '../parts.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import { workdirFor } from '../workloads/from-qaackfile.ts'
import { prepareCheckout } from './checkout.ts'
import type { CodeWish } from './checkout-prepared.ts'
import type { Plan } from './plan.ts'
import type { ReusableRecord, SavedService } from './reusable.ts'

/** What code goes into a service, and where to. */
export interface CodeOfService extends CodeWish {
  /** Absolute, in the container. */
  path: string
}

/** null for a service without code. `saved`: what the service is created from. */
export function codeOf(
  plan: Plan,
  service: Service,
  image: { workdir: string },
  saved: Pick<SavedService, 'code'> | undefined,
): CodeOfService | null {
  if (!service.checkout) return null
  const path = service.checkout.path ?? workdirFor(service, image.workdir)
  const there = saved?.code?.path === path ? saved.code : null
  return {
    mirror: plan.mirror,
    hash: plan.source.commit,
    ref: plan.environment.ref,
    path,
    options: service.checkout,
    ...(there ? { previous: there.commit, previousOptions: there.options } : {}),
  }
}

/** Begins with what will be put into services that the engine is only about to create. */
export function prepareCode(
  parts: Parts,
  plan: Plan,
  services: Service[],
  { start, images }: { start: ReusableRecord | null; images: ReadonlyMap<string, { workdir: string }> },
): void {
  for (const service of services) {
    const saved = start?.services.find(({ name }) => name === service.name)
    const image = images.get(service.name)
    const code = image && codeOf(plan, service, image, saved)
    if (code) prepareCheckout(code, parts)
  }
}
