import type { Parts } from '../parts.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import { environmentFacts } from '../workloads/facts.ts'
import { filesOf } from '../workloads/from-qaackfile.ts'
import type { PutFiles } from '../workloads/workload.ts'
import type { BuildRecord } from './build.ts'
import type { Plan } from './plan.ts'

/**
 * Whether a service's own files are put along with its code: its main process is ours, which needs none before its release. All
 * others have them before they start. What is reset has its code, so none is put.
 */
export function filesComeWithCode(build: Pick<BuildRecord, 'start'>, service: Service): boolean {
  return service.start !== null && service.checkout !== null && build.start !== 'reset'
}

/** What goes with the code of a service; undefined if it is there already. */
export function filesWithCode(
  parts: Parts,
  build: BuildRecord,
  plan: Plan,
  { service, serviceId }: { service: Service; serviceId: string },
): PutFiles | undefined {
  if (!filesComeWithCode(build, service)) return undefined
  const { generation } = build
  return filesOf(service, { ...environmentFacts(parts, plan), serviceId, generation })
}
