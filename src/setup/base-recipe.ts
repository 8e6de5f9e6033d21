import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** What the shared layer holds beyond a minimal Debian. */
export const packages = ['ca-certificates', 'curl', 'git', 'openssh-client', 'postgresql']

/**
 * What dpkg leaves out: reading matter, and PostgreSQL's compiler for queries, which is as large as all the rest and
 * which PostgreSQL does without when it is not there.
 */
export const dpkgOptions = [
  'path-exclude=/usr/share/doc/*',
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/locale/*',
  'path-exclude=/usr/lib/*/libLLVM*',
  'path-exclude=/usr/lib/postgresql/*/lib/llvmjit*',
  'path-exclude=/usr/lib/postgresql/*/lib/bitcode/*',
]

/** Debian's package would make a database cluster of its own while it is installed. */
export const noCluster = 'create_main_cluster = false'

/** The minimal Debian to begin with where a registry answers. A Mac's own Node does not run in a container. */
export const registryBase = process.platform === 'linux' ? 'debian:bookworm-slim' : 'node:24-bookworm-slim'

export interface Recipe {
  /** Names with tags made of everything that goes in: another recipe, another name. */
  debian: string
  node: string
  postgres: string
}

export function recipe(): Recipe {
  const debian = hash([registryBase, ...packages, ...dpkgOptions, noCluster, image('debian.Dockerfile')])
  const node = hash([
    debian,
    image('node.Dockerfile'),
    process.version,
    npmRegistry() ?? '',
    certificates() ?? '',
  ])
  const postgres = hash([debian, image('postgres.Dockerfile'), image('postgres-entrypoint.sh')])
  return {
    debian: `qaack-base/debian:${debian}`,
    node: `qaack-base/node:${node}`,
    postgres: `qaack-base/postgres:${postgres}`,
  }
}

/** One of the files beside this one that say how an image is made. */
export function image(file: string): string {
  return readFileSync(path.join(import.meta.dirname, 'images', file), 'utf8')
}

/** The certificate authorities this machine trusts; a network may have its own. */
export function certificates(): string | undefined {
  return read('/etc/ssl/certs/ca-certificates.crt')
}

/** The npm registry this machine uses, if it is not the public one. */
export function npmRegistry(): string | undefined {
  const file = read(process.env.npm_config_userconfig ?? path.join(homedir(), '.npmrc')) ?? ''
  const registry = process.env.npm_config_registry ?? /^\s*registry\s*=\s*(\S+)/m.exec(file)?.[1]
  return registry === undefined || registry.includes('//registry.npmjs.org') ? undefined : registry
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function hash(parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12)
}
