import { dump } from 'js-yaml'
import { addressOf } from './config.ts'
import type { Config } from './config.ts'
import { isSecret, settingNames } from './schema.ts'
import type { SettingName } from './schema.ts'

const mask = '********'

/** The settings in force as a qaackd.yaml, each with where it came from; secrets are masked. */
export function configAsText(config: Config): string {
  const lines: string[] = []
  let group = ''
  for (const name of settingNames) {
    const [outer = '', inner] = name.split('.')
    const shown = lineOf(config, name)
    if (shown === undefined) continue
    if (inner !== undefined && group !== outer) lines.push(`${outer}:`)
    group = outer
    lines.push(inner === undefined ? shown : `  ${shown}`)
  }
  return `${lines.join('\n')}\n`
}

/** Value and source; undefined for what is off. A secret that is made at first start is told as a comment. */
function lineOf(config: Config, name: SettingName): string | undefined {
  const source = config.sources[name] ?? (name === 'github.private_key' ? keyFile(config) : 'default')
  const value = shownValues[name](config)
  if (value === undefined) return undefined
  if (value === null) return `# ${name}: made at first start, in ${config.dataDir}/${name.replace('_', '-')}`
  const text = name === 'database_url' ? withoutPassword(String(value)) : isSecret(name) ? mask : value
  return `${name.replace(/.*\./, '')}: ${dump(text, { lineWidth: -1 }).trimEnd()} # ${source}`
}

const shownValues: Record<SettingName, (config: Config) => string | number | boolean | null | undefined> = {
  host: (config) => config.host,
  port: (config) => config.port,
  base_url: (config) => addressOf(config.baseUrl),
  data_dir: (config) => config.dataDir,
  database_url: (config) => config.databaseUrl,
  admin_token: (config) => config.adminToken,
  secret_key: (config) => config.secretKey,
  'build.slots': (config) => config.build.slots,
  'build.timeout': (config) => config.build.timeout,
  'environment.ttl': (config) => config.environment.ttl,
  'environment.idle': (config) => config.environment.idle,
  'service.memory': (config) => sizeText(config.service.memoryBytes),
  'service.cpus': (config) => config.service.cpus,
  'service.pids': (config) => config.service.pids,
  'reusable.disk': (config) => sizeText(config.reusable.diskBytes),
  'network.pool': (config) => config.network.pool,
  'log.level': (config) => config.log.level,
  'log.pretty': (config) => config.log.pretty,
  'state_page.title': (config) => config.statePage.title,
  'state_page.message': (config) => config.statePage.message,
  'github.app_id': (config) => config.github?.appId,
  'github.private_key': (config) => config.github?.privateKey,
  // Its content is in force, and shown as the key.
  'github.private_key_path': () => undefined,
  'github.webhook_secret': (config) => config.github?.webhookSecret,
  'github.ghe_host': (config) => config.github?.gheHost ?? undefined,
  'github.ghe_protocol': (config) => config.github?.gheProtocol,
  'gitlab.url': (config) => config.gitlab?.url,
  'gitlab.token': (config) => config.gitlab?.token,
  'gitlab.groups': (config) => config.gitlab?.groups.join(', ') || undefined,
  'gitlab.webhook_secret': (config) => config.gitlab?.webhookSecret ?? undefined,
}

function keyFile(config: Config): string {
  return `file of ${config.sources['github.private_key_path'] ?? 'default'}`
}

function sizeText(bytes: number): string {
  const units = ['g', 'm', 'k'] as const
  const index = units.findIndex((_, position) => bytes % 1024 ** (3 - position) === 0)
  return index === -1 ? `${bytes}b` : `${bytes / 1024 ** (3 - index)}${units[index]}`
}

/** A password may stand before the host or among the parameters. */
function withoutPassword(databaseUrl: string): string {
  return databaseUrl
    .replace(/(:\/\/[^/@]*:)[^@]*(?=@)/, `$1${mask}`)
    .replace(/([?&]password=)[^&]*/g, `$1${mask}`)
}
