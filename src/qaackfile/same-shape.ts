import { placeholderStart } from './template/identity.ts'

/**
 * Whether an identity differs from the file it was made with only in texts that have a placeholder. A fact that comes from
 * outside, such as a change's title, may bring in keys, comments or lists of its own: then they differ in more.
 */
export function hasShapeOf(identity: unknown, real: unknown): boolean {
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
