import { resolve } from 'node:path'
import { parseBaseUrl } from './base-url.ts'
import type { BaseUrl, Config } from './config.ts'
import { githubConfig, gitlabConfig } from './git-hosts.ts'
import type { Values } from './schema.ts'

/** What the settings are put together from, beside what was set. */
export interface Surroundings {
  /** Relative paths count from here. */
  cwd: string
  readKey: (path: string) => string
}

/** The settings in force, with every default, and what only shows when a group of them is seen together, by the group's prefix. */
export function assemble(
  values: Values,
  { cwd, readKey }: Surroundings,
): { config: Omit<Config, 'sources'>; faults: Record<string, string[]> } {
  const port = values.port ?? 3000
  const dataDir = resolve(cwd, values.data_dir ?? './data')
  const github = githubConfig(values, readKey)
  const gitlab = gitlabConfig(values)
  const config = {
    host: values.host ?? '127.0.0.1',
    port,
    baseUrl: values.base_url ?? defaultBaseUrl(port),
    dataDir,
    databaseUrl: absolute(values.database_url ?? `sqlite:${resolve(dataDir, 'qaack.db')}`, cwd),
    adminToken: values.admin_token ?? null,
    secretKey: values.secret_key ?? null,
    build: { slots: values['build.slots'] ?? 2, timeout: values['build.timeout'] ?? 3600 },
    environment: { ttl: values['environment.ttl'] ?? 0, idle: values['environment.idle'] ?? 0 },
    service: {
      memoryBytes: values['service.memory'] ?? 2 * 1024 ** 3,
      cpus: values['service.cpus'] ?? 2,
      pids: values['service.pids'] ?? 4096,
    },
    reusable: { diskBytes: values['reusable.disk'] ?? 20 * 1024 ** 3 },
    network: { pool: values['network.pool'] ?? '10.213.0.0/16' },
    log: { level: values['log.level'] ?? 'info', pretty: values['log.pretty'] ?? false },
    statePage: { title: values['state_page.title'] ?? 'Qaack', message: values['state_page.message'] ?? '' },
    github: github.config,
    gitlab: gitlab.config,
  }
  return { config, faults: { 'github.': github.faults, 'gitlab.': gitlab.faults } }
}

function defaultBaseUrl(port: number): BaseUrl {
  const parsed = parseBaseUrl(`http://qaack.localhost:${port}`)
  if ('must' in parsed) throw new Error(`The default of base_url must ${parsed.must}.`)
  return parsed
}

/** The database stays where it is whatever the working directory becomes. */
function absolute(databaseUrl: string, cwd: string): string {
  const path = /^sqlite:(.*)$/s.exec(databaseUrl)?.[1]
  return path === undefined || path === ':memory:' ? databaseUrl : `sqlite:${resolve(cwd, path)}`
}
