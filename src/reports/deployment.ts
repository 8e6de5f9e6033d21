import type { BuildRecord } from '../builds/build.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import { mainAddress } from './comment-addresses.ts'
import type { ReportFacts } from './facts.ts'
import { headline } from './headline.ts'
import type { Phase } from './phase.ts'
import type { DeploymentReport } from './report.ts'
import { short } from './words.ts'

/**
 * What runs, whatever was decided about a newer commit meanwhile. Null as long as nothing was ever built; `inactive` once
 * nothing runs any more.
 */
export function deploymentOf(phase: Phase, facts: ReportFacts): DeploymentReport | null {
  const { environment, build, change } = facts
  if (!environment || environment.state === 'empty') {
    if (!facts.published.includes('deployment')) return null
    return {
      hash: build?.hash ?? phase.hash,
      state: 'inactive',
      description: 'The preview is gone',
      url: null,
      logUrl: change.url,
    }
  }
  if (!build) return null
  const state = stateOf(environment, build)
  const address = mainAddress(environment, facts)
  return {
    hash: build.hash,
    state,
    description: phase.build ? headline(phase, facts) : `The older commit ${short(build.hash)}`,
    url: state === 'success' ? address : null,
    logUrl: address,
  }
}

function stateOf({ state }: EnvironmentRecord, { outcome, status }: BuildRecord): DeploymentReport['state'] {
  switch (state) {
    case 'empty':
      return 'inactive'
    case 'creating':
      return status === 'running' ? 'running' : 'queued'
    case 'created':
    case 'queued':
      return 'queued'
    case 'building':
    case 'softrebuilding':
      return 'running'
    case 'built':
      return 'success'
    case 'failed':
      return outcome === 'lost' ? 'error' : 'failure'
    case 'cancelled':
      return 'error'
  }
}
