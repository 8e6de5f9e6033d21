import { childOf, pairsOf } from '../yaml/tree.ts'
import type { Finding } from './finding.ts'
import type { Outline, ServiceOutline } from './outline.ts'

const kinds = ['path', 'command', 'log', 'tcp']

/** Faults in `ready` that no single key has. */
export function checkReady({ services }: Outline): Finding[] {
  return services.flatMap(checkOne)
}

function checkOne(service: ServiceOutline): Finding[] {
  const ready = childOf(service.tree, 'ready')
  if (ready?.kind !== 'map') return []
  const path = [...service.path, 'ready']
  const keys = pairsOf(ready).map(({ key }) => key)
  const [kind, ...others] = keys.filter((key) => kinds.includes(key))
  if (kind === undefined)
    return [{ path, at: 'name', message: 'must have one of path, command, log and tcp' }]
  const findings: Finding[] = others.map((other) => ({
    path: [...path, other],
    at: 'name',
    message: `cannot stand beside ${kind}; a service is ready by one of path, command, log and tcp`,
  }))
  for (const key of ['status', 'port']) {
    if (kind !== 'path' && keys.includes(key))
      findings.push({ path: [...path, key], at: 'name', message: `belongs to path, not to ${kind}` })
  }
  if (kind === 'path' && !service.hasPort && !keys.includes('port')) {
    findings.push({
      path: [...path, 'path'],
      at: 'name',
      message: 'needs a port; give the service one, or write port beside it',
    })
  }
  return findings
}
