import { QaackError } from '../errors.ts'

export interface Dependent {
  name: string
  dependsOn: string[]
}

/**
 * The order of creation and building: each level needs only those before it, and its services can be made at once.
 * Within a level the order is the one given. A circle is a QaackError; a checked Qaackfile has none.
 */
export function levels(services: readonly Dependent[]): string[][] {
  const found: string[][] = []
  let rest = services
  while (rest.length > 0) {
    const level = withoutNeeds(rest)
    if (level.length === 0)
      throw new QaackError(
        'invalid_qaackfile',
        `depends_on is a circle: ${findCircle(rest)?.join(' -> ') ?? ''}`,
      )
    found.push(level.map(({ name }) => name))
    rest = rest.filter((service) => !level.includes(service))
  }
  return found
}

/** A circle in `depends_on`, as `web, db, web`; null if there is none. Unknown names do not count. */
export function findCircle(services: readonly Dependent[]): string[] | null {
  let rest = services
  for (let level = withoutNeeds(rest); level.length > 0; level = withoutNeeds(rest)) {
    const gone = new Set(level)
    rest = rest.filter((service) => !gone.has(service))
  }
  // Everything left needs something that is left, so whoever walks on must come round.
  const left = new Map(rest.map((service) => [service.name, service]))
  const walked: string[] = []
  let at = rest[0]
  while (at && !walked.includes(at.name)) {
    walked.push(at.name)
    at = left.get(at.dependsOn.find((name) => left.has(name)) ?? '')
  }
  return at ? [...walked.slice(walked.indexOf(at.name)), at.name] : null
}

function withoutNeeds(services: readonly Dependent[]): Dependent[] {
  const names = new Set(services.map(({ name }) => name))
  return services.filter(({ dependsOn }) => !dependsOn.some((name) => names.has(name)))
}
