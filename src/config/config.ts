/** The settings in force: checked, complete, frozen. */
export interface Config {
  host: string
  /** 0 = any free one, known once the server listens; `baseUrl.port` is 0 too until then, if it was not set. */
  port: number
  baseUrl: BaseUrl
  dataDir: string
  databaseUrl: string
  /** null = made at first start, in `<dataDir>/admin-token`. */
  adminToken: string | null
  /** null = made at first start, in `<dataDir>/secret-key`. */
  secretKey: string | null
  build: { slots: number; timeout: number }
  /** Minutes; 0 = never. */
  environment: { ttl: number; idle: number }
  service: { memoryBytes: number; cpus: number; pids: number }
  /** What saved images may take on the engine's disk; the longest unused go first. */
  reusable: { diskBytes: number }
  network: { pool: string }
  log: { level: 'debug' | 'info' | 'warn' | 'error' | 'silent'; pretty: boolean }
  statePage: { title: string; message: string }
  /** null = off. */
  github: GithubConfig | null
  /** null = off. */
  gitlab: GitlabConfig | null
  /** Where each setting came from, for people: setting -> `default`, `qaackd.yaml`, `QAACK_PORT`, `--port`. */
  sources: Record<string, string>
}

/** What Probot needs to be the app; names as Probot's. */
export interface GithubConfig {
  appId: number
  /** PEM. */
  privateKey: string
  webhookSecret: string
  /** Host of a GitHub Enterprise Server; null = github.com. */
  gheHost: string | null
  gheProtocol: 'http' | 'https'
}

export interface GitlabConfig {
  /** Without a slash at the end. */
  url: string
  token: string
  /** Of webhooks that people make by hand, and of system hooks; null = only those that this server makes are believed. */
  webhookSecret: string | null
  /** Only projects below these groups are connected by themselves, full paths in lower case; empty = all that the token gives. */
  groups: string[]
}

/** Scheme, base domain and port of every address. */
export interface BaseUrl {
  scheme: 'http' | 'https'
  domain: string
  /** null = the scheme's own. */
  port: number | null
}

/** Address of a host below the base domain, e.g. `http://abcdefghij.qaack.localhost:3000`; of the base itself without a label. */
export function addressOf(base: BaseUrl, label?: string): string {
  return `${base.scheme}://${domainOf(base, label)}${base.port === null ? '' : `:${base.port}`}`
}

export function domainOf(base: BaseUrl, label?: string): string {
  return label === undefined ? base.domain : `${label}.${base.domain}`
}
