import type { z } from 'zod'
import * as check from './checks.ts'

interface Setting {
  /** Name of the environment variable. */
  env: string
  check: z.ZodType
  /** Never shown. */
  secret?: true
}

/** Every setting there is, by its place in the file. Defaults are where the settings are put together: some follow from others. */
export const settings = {
  host: { env: 'QAACK_HOST', check: check.text },
  port: { env: 'QAACK_PORT', check: check.wholeNumber(0, 65_535) },
  base_url: { env: 'QAACK_BASE_URL', check: check.baseUrl },
  data_dir: { env: 'QAACK_DATA_DIR', check: check.text },
  database_url: { env: 'QAACK_DATABASE_URL', check: check.databaseUrl, secret: true },
  admin_token: { env: 'QAACK_ADMIN_TOKEN', check: check.token, secret: true },
  secret_key: { env: 'QAACK_SECRET_KEY', check: check.looseText, secret: true },
  'build.slots': { env: 'QAACK_BUILD_SLOTS', check: check.wholeNumber(1, 1000) },
  'build.timeout': { env: 'QAACK_BUILD_TIMEOUT', check: check.wholeNumber(1, 604_800, ' of seconds') },
  'environment.ttl': { env: 'QAACK_ENVIRONMENT_TTL', check: check.wholeNumber(0, 5_256_000, ' of minutes') },
  'environment.idle': {
    env: 'QAACK_ENVIRONMENT_IDLE',
    check: check.wholeNumber(0, 5_256_000, ' of minutes'),
  },
  'service.memory': { env: 'QAACK_SERVICE_MEMORY', check: check.memory },
  'service.cpus': { env: 'QAACK_SERVICE_CPUS', check: check.cpus },
  'service.pids': { env: 'QAACK_SERVICE_PIDS', check: check.wholeNumber(1, 4_194_304) },
  'reusable.disk': { env: 'QAACK_REUSABLE_DISK', check: check.memory },
  'network.pool': { env: 'QAACK_NETWORK_POOL', check: check.networkPool },
  'log.level': { env: 'QAACK_LOG_LEVEL', check: check.oneOf(['debug', 'info', 'warn', 'error', 'silent']) },
  'log.pretty': { env: 'QAACK_LOG_PRETTY', check: check.flag },
  'state_page.title': { env: 'QAACK_STATE_PAGE_TITLE', check: check.looseText },
  'state_page.message': { env: 'QAACK_STATE_PAGE_MESSAGE', check: check.anyText },
  'github.app_id': { env: 'APP_ID', check: check.wholeNumber(1, Number.MAX_SAFE_INTEGER) },
  'github.private_key': { env: 'PRIVATE_KEY', check: check.text, secret: true },
  'github.private_key_path': { env: 'PRIVATE_KEY_PATH', check: check.text },
  'github.webhook_secret': { env: 'WEBHOOK_SECRET', check: check.looseText, secret: true },
  'github.ghe_host': { env: 'GHE_HOST', check: check.hostName },
  'github.ghe_protocol': { env: 'GHE_PROTOCOL', check: check.oneOf(['http', 'https']) },
  'gitlab.url': { env: 'GITLAB_URL', check: check.serviceUrl },
  'gitlab.token': { env: 'GITLAB_TOKEN', check: check.token, secret: true },
  'gitlab.groups': { env: 'GITLAB_GROUPS', check: check.groupPaths },
  'gitlab.webhook_secret': { env: 'GITLAB_WEBHOOK_SECRET', check: check.looseText, secret: true },
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof settings

export const settingNames = Object.keys(settings) as SettingName[]

/** What was set and is right, by name. */
export type Values = { [N in SettingName]?: z.output<(typeof settings)[N]['check']> }

/** Ours in the environment, but read by the command line's client and not by the server. */
export const clientVariables = ['QAACK_URL', 'QAACK_TOKEN']

/** Name of the flag: `base_url` -> `baseUrl`, `build.slots` -> `buildSlots`, as commander makes them of `--base-url`. */
export function flagName(name: string): string {
  return name.replace(/[._]([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** `base_url` -> `--base-url`. */
export function flagText(name: string): string {
  return `--${name.replace(/[._]/g, '-')}`
}

export function isSecret(name: SettingName): boolean {
  return 'secret' in settings[name]
}
