import type { Qaackfile } from './qaackfile.ts'
import { placeholderStart } from './template/identity.ts'

type Makes = Pick<Qaackfile, 'services' | 'variables'>

/**
 * Whether what makes something in an identity differs from the file it was made with only in texts that have a placeholder, and
 * not in the names that services and steps are known by. A fact that comes from outside, such as a change's title, may bring in
 * keys, comments or lists of its own: then they differ in more. Aliases, actions and tests make nothing and do not count.
 */
export function isIdentityOf(identity: Makes, real: Makes): boolean {
  return (
    JSON.stringify(namesOf(identity)) === JSON.stringify(namesOf(real)) &&
    hasShapeOf(identity.services, real.services) &&
    hasShapeOf(identity.variables, real.variables)
  )
}

function namesOf({ services }: Makes): string[][] {
  return services.map(({ name, steps }) => [name, ...steps.map((step) => step.name)])
}

function hasShapeOf(identity: unknown, real: unknown): boolean {
  if (typeof identity === 'string' && typeof real === 'string')
    return identity === real || identity.includes(placeholderStart)
  if (!isMap(identity) || !isMap(real)) return identity === real
  if (Array.isArray(identity) !== Array.isArray(real)) return false
  const keys = Object.keys(identity)
  return (
    keys.length === Object.keys(real).length &&
    keys.every((key) => Object.hasOwn(real, key) && hasShapeOf(identity[key], real[key]))
  )
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
