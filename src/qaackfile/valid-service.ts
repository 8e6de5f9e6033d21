import type { Checkout, Ready, Service, Step } from './qaackfile.ts'
import type { RawFile } from './schema/file-schema.ts'
import { parseDuration, parseSize } from './units.ts'
import { toVariables } from './valid-variables.ts'
import { childOf, pairsOf, type Tree } from './yaml/tree.ts'

type RawService = RawFile['services'][string]
type RawSteps = NonNullable<RawService['commands']>

/** A service with its defaults; which one is the default service is not decided here. */
export function toService(name: string, raw: RawService, tree: Tree): Service {
  const port = raw.port ?? null
  const shell = raw.shell ?? '/bin/sh'
  return {
    name,
    image: raw.image,
    default: false,
    checkout: toCheckout(raw.checkout),
    path: raw.path ?? null,
    port,
    steps: toSteps(raw.commands, childOf(tree, 'commands')),
    start: raw.start ?? null,
    dependsOn: raw.depends_on ?? [],
    ready: toReady(raw.ready, port),
    variables: toVariables(raw.variables, childOf(tree, 'variables')),
    user: raw.user === undefined ? null : writtenUser(raw.user, tree),
    shell,
    entrypoint: typeof raw.entrypoint === 'string' ? [shell, '-c', raw.entrypoint] : (raw.entrypoint ?? null),
    resources: {
      memoryBytes: bytes(raw.resources?.memory),
      cpus: raw.resources?.cpus ?? null,
      pids: raw.resources?.pids ?? null,
      shmBytes: bytes(raw.resources?.shm),
    },
    volumes: (raw.volumes ?? []).map(({ mount, size }) => ({ mount, sizeBytes: bytes(size) })),
    aliases: raw.aliases ?? [],
  }
}

function toCheckout(raw: RawService['checkout']): Checkout | null {
  if (raw === undefined || raw === false) return null
  const options = raw === true ? {} : raw
  return {
    path: options.path ?? null,
    depth: options.depth ?? 0,
    submodules: options.submodules ?? false,
    lfs: options.lfs ?? false,
  }
}

function toSteps(raw: RawSteps | undefined, tree: Tree | undefined): Step[] {
  if (raw === undefined) return []
  if (Array.isArray(raw)) return raw.map(({ name, ...step }) => toStep(name, step))
  return pairsOf(tree).flatMap(({ key }) => {
    const step = raw[key]
    return step === undefined
      ? []
      : [toStep(key, typeof step === 'object' && !Array.isArray(step) ? step : { run: step })]
  })
}

interface RawStep {
  run: string | string[]
  timeout?: string | number | undefined
  user?: string | number | undefined
  inputs?: string | string[] | undefined
}

function toStep(name: string, { run, timeout, user, inputs }: RawStep): Step {
  return {
    name,
    run: typeof run === 'string' ? [run] : run,
    timeout: seconds(timeout),
    user: user === undefined ? null : String(user),
    inputs: typeof inputs === 'string' ? [inputs] : (inputs ?? null),
  }
}

function toReady(raw: RawService['ready'], port: number | null): Ready | null {
  const check = { timeout: seconds(raw?.timeout) ?? 60, interval: seconds(raw?.interval) ?? 1 }
  if (raw?.command !== undefined) return { kind: 'command', command: raw.command, ...check }
  if (raw?.log !== undefined) return { kind: 'log', pattern: raw.log, ...check }
  if (raw?.tcp !== undefined) return { kind: 'tcp', port: raw.tcp, ...check }
  const reached = raw?.port ?? port
  if (reached === null) return null
  if (raw?.path === undefined) return { kind: 'tcp', port: reached, implied: true, ...check }
  return { kind: 'http', path: raw.path, status: raw.status ?? null, port: reached, ...check }
}

/** `user: 0123` is the user 0123, not the number 123. */
function writtenUser(user: string | number, tree: Tree): string {
  const part = childOf(tree, 'user')
  return part?.kind === 'scalar' ? part.text : String(user)
}

function bytes(value: string | number | undefined): number | null {
  return value === undefined ? null : parseSize(value)
}

function seconds(value: string | number | undefined): number | null {
  return value === undefined ? null : parseDuration(value)
}
