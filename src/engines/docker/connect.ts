import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { QaackError } from '../../errors.ts'

/** The library's client, with the calls whose published types leave out what they take. */
export type Client = Docker & {
  ping(options: { abortSignal: AbortSignal }): Promise<unknown>
  info(options: { abortSignal: AbortSignal }): Promise<unknown>
  getEvents(options: EventQuery): Promise<NodeJS.ReadableStream>
}

export interface EventQuery {
  filters: Record<string, string[]>
  /** Seconds since 1970 with nine digits behind the point. */
  since?: string
  abortSignal?: AbortSignal
}

export interface Place {
  /** As `DOCKER_HOST` has it, e.g. `unix:///var/run/docker.sock` or `tcp://10.0.0.2:2376`; the usual sockets if absent. */
  dockerHost?: string
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`, for an engine behind TLS. */
  certPath?: string
  /** Sockets to try instead of the usual ones, in this order. */
  candidates?: string[]
  /** Folder where a rootless engine has its socket; `$XDG_RUNTIME_DIR`. */
  runtimeDir?: string
}

/** Addresses where an engine may answer, most likely first, each as `DOCKER_HOST` has it. */
export function addressesOf(place: Place): string[] {
  if (place.dockerHost)
    return [place.dockerHost.includes('://') ? place.dockerHost : `tcp://${place.dockerHost}`]
  return (place.candidates ?? usualSockets(place.runtimeDir)).map((socket) => `unix://${socket}`)
}

/** A client for an engine at this address. No call is made. QaackError `invalid_config` for one it cannot use. */
export function clientFor(address: string, certPath?: string): Client {
  const url = parse(address)
  // The library falls back on the process environment for what it is not given; `host: undefined` keeps it from that.
  if (url.protocol === 'unix:')
    return new Docker({
      socketPath: url.pathname,
      host: undefined,
      port: undefined,
      protocol: 'http',
    }) as Client
  const tls = certPath !== undefined || url.port === '2376'
  return new Docker({
    host: url.hostname,
    port: url.port || (tls ? '2376' : '2375'),
    protocol: tls ? 'https' : 'http',
    ...(certPath === undefined ? {} : certificates(certPath)),
  }) as Client
}

function usualSockets(runtimeDir = `/run/user/${process.getuid?.() ?? 0}`): string[] {
  const home = homedir()
  return [
    '/var/run/docker.sock',
    join(runtimeDir, 'docker.sock'),
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    join(home, '.colima/default/docker.sock'),
  ]
}

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url && ['unix:', 'tcp:', 'http:', 'https:'].includes(url.protocol)) return url
  throw new QaackError(
    'invalid_config',
    `DOCKER_HOST is ${address}, which is no address of an engine; write unix:///path/to/docker.sock or tcp://host:port`,
    { path: 'DOCKER_HOST' },
  )
}

function certificates(folder: string) {
  try {
    return {
      ca: readFileSync(join(folder, 'ca.pem')),
      cert: readFileSync(join(folder, 'cert.pem')),
      key: readFileSync(join(folder, 'key.pem')),
    }
  } catch (error) {
    throw new QaackError(
      'invalid_config',
      `the certificates for the Docker engine cannot be read: ${String(error)}`,
      { cause: error, path: 'DOCKER_CERT_PATH' },
    )
  }
}
