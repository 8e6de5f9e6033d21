import { createHmac } from 'node:crypto'
import { QaackError } from '../../errors.ts'
import type { Qaackfile, Service, Step } from '../../qaackfile/qaackfile.ts'
import type { ReusableRecord } from '../reusable.ts'
import type { Done, Makings } from './makings.ts'
import { isCodePart, parts } from './parts.ts'

type Saved = Pick<ReusableRecord, 'made' | 'services'>

/**
 * What led to the state in which so many steps are done: name of a part -> keyed hash of it, hex. Of two states with equal
 * parts one can stand for the other. Facts of the environment itself, what only concerns later steps, `start`, `ready`, ports,
 * names and limits are no parts. `startedFrom` is what the build began with: its steps saw the code of then.
 */
export function whatLedTo(
  makings: Makings,
  done: Done,
  startedFrom: Saved | null = null,
): Record<string, string> {
  const { identity, key } = makings
  const names = identity.services.map(({ name }) => name).sort()
  const values: [string, unknown][] = [
    [parts.services, names],
    ...identity.services.flatMap((service) => {
      const real = realOf(makings.qaackfile, service)
      return [
        ...serviceParts(service, makings),
        ...stepParts(service, real, done[service.name] ?? 0, makings),
      ]
    }),
  ]
  const made = Object.fromEntries(values.map(([name, value]) => [name, hashOf(key, name, value)]))
  return startedFrom === null ? made : { ...made, ...codeOf(startedFrom, made) }
}

/** Hashes of the code that steps saw which this build did not run, because what it started from had them done. */
function codeOf(startedFrom: Saved, made: Record<string, string>): Record<string, string> {
  const kept = Object.entries(startedFrom.made).filter(([name]) => isCodePart(name) && name in made)
  return Object.fromEntries(kept)
}

function realOf({ services }: Qaackfile, { name }: Service): Service {
  const real = services.find((service) => service.name === name)
  if (!real) throw new QaackError('internal', `the identity of a Qaackfile has a service ${name} of its own`)
  return real
}

function serviceParts(service: Service, { identity, custom, digests, locked }: Makings): [string, unknown][] {
  const { name } = service
  const digest = digests.get(name)
  if (digest === undefined) throw new QaackError('internal', `nobody told the image of the service ${name}`)
  // The same order as in workloads/variables.ts: a later layer outranks those before it.
  const variables = { ...custom.group, ...custom.repository, ...identity.variables, ...service.variables }
  const given: [string, unknown][] = [
    [parts.checkout(name), service.checkout],
    [parts.path(name), service.path],
    [parts.user(name), service.user],
    [parts.shell(name), service.shell],
    [parts.entrypoint(name), service.entrypoint],
    [parts.volumes(name), service.volumes.length > 0 ? service.volumes : null],
    [parts.locked(name), locked.get(name) ?? null],
  ]
  return [
    [parts.image(name), digest],
    [parts.variables(name), variables],
    ...given.filter(([, value]) => value !== null),
  ]
}

function stepParts(service: Service, real: Service, done: number, makings: Makings): [string, unknown][] {
  const steps = service.steps.slice(0, done)
  if (steps.length === 0) return []
  return [
    [parts.steps(service.name), steps.map(({ name }) => name)],
    ...steps.flatMap((step, index): [string, unknown][] => [
      [parts.step(service.name, step.name), { run: step.run, user: step.user }],
      ...filesOf(service, step, real.steps[index], makings),
    ]),
  ]
}

function filesOf(
  service: Service,
  step: Step,
  real: Step | undefined,
  { inputs, tree }: Makings,
): [string, unknown][] {
  if (step.inputs === null) return service.checkout ? [[parts.code(service.name, step.name), tree]] : []
  return step.inputs.map((pattern, index) => [
    parts.input(service.name, step.name, pattern),
    inputs.get(real?.inputs?.[index] ?? pattern) ?? [],
  ])
}

/** The name is hashed too, so that equal values of two parts do not show. */
function hashOf(key: Buffer, name: string, value: unknown): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([name, inOrder(value)]))
    .digest('hex')
}

/** The same for maps that differ only in the order of what is in them. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, part]) => [key, inOrder(part)])
}
