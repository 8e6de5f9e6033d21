import type { EnvironmentRecord } from './environment.ts'

/** When an environment created at `createdAt` ends; `ttl` in minutes, 0 = never. */
export function expiryOf(createdAt: number, ttl: number): number | null {
  return ttl > 0 ? createdAt + ttl * 60_000 : null
}

/** The time to live of a new environment, in minutes: what was asked for, else the repository's, else the server's. */
export function ttlFor(asked: number | undefined, repository: number, server: number): number {
  return asked ?? (repository > 0 ? repository : server)
}

/** Whether it is due to be taken away. A locked service keeps it, as documented. */
export function isExpired(environment: EnvironmentRecord, now: number): boolean {
  if (environment.state === 'empty' || environment.expiresAt === null) return false
  return environment.expiresAt <= now && !hasLockedService(environment)
}

export function hasLockedService(environment: EnvironmentRecord): boolean {
  return environment.services.some((service) => service.locked)
}
