import type { Qaackfile, QuickAction, Service, Test } from './qaackfile.ts'
import type { RawFile } from './schema/file-schema.ts'
import { toService } from './valid-service.ts'
import { toVariables } from './valid-variables.ts'
import { childOf, pairsOf, type Tree } from './yaml/tree.ts'

/** A checked file as the rest of the service uses it: defaults filled in, short forms made long. */
export function toQaackfile(raw: RawFile, tree: Tree): Qaackfile {
  const services = servicesOf(raw, tree)
  const main = services.find((service) => service.default)?.name ?? ''
  const aliases = Array.isArray(raw.aliases)
    ? raw.aliases.map((alias) => [alias, main])
    : Object.entries(raw.aliases ?? {})
  return {
    aliases: Object.fromEntries(aliases) as Record<string, string>,
    variables: toVariables(raw.variables, childOf(tree, 'variables')),
    reuse: raw.reuse ?? null,
    makeReusable: mapValues(raw.make_reusable, ({ on, where }) => ({
      on: { service: on.slice(0, on.indexOf('.')), step: on.slice(on.indexOf('.') + 1) },
      where: typeof where === 'string' ? [where] : (where ?? null),
    })),
    quickActions: mapValues(raw.quick_actions, (action, name) => toQuickAction(action, name, main)),
    tests: (raw.tests ?? []).map(toTest),
    services,
  }
}

function servicesOf(raw: RawFile, tree: Tree): Service[] {
  // The file's own order: a plain object puts whole numbers first.
  const services = pairsOf(childOf(tree, 'services')).flatMap(({ key, value }) => {
    const service = raw.services[key]
    return service ? [{ raw: service, made: toService(key, service, value) }] : []
  })
  const main =
    services.find((service) => service.raw.default === true) ??
    services.find((service) => service.raw.default !== false && service.made.port !== null) ??
    services.find((service) => service.raw.default !== false) ??
    services[0]
  return services.map((service) => ({ ...service.made, default: service === main }))
}

function toQuickAction(
  raw: NonNullable<RawFile['quick_actions']>[string],
  name: string,
  main: string,
): QuickAction {
  return {
    command: raw.command,
    service: raw.service ?? main,
    output: raw.output ?? 'string',
    filename: raw.filename ?? name.replaceAll('/', '-'),
  }
}

function toTest(raw: NonNullable<RawFile['tests']>[number]): Test {
  if (raw.type === 'screenshots') return { type: raw.type, paths: raw.paths ?? ['/'] }
  return { type: raw.type, dir: raw.dir ?? 'test/playwright', prepare: raw.prepare ?? 'prepare.sh' }
}

function mapValues<From, To>(
  from: Record<string, From> | undefined,
  make: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(from ?? {}).map(([key, value]) => [key, make(value, key)]))
}
