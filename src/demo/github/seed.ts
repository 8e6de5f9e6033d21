import { generateKeyPairSync, randomBytes } from 'node:crypto'

/** The GitHub App as its owner knows it. */
export interface LocalApp {
  appId: number
  slug: string
  name: string
  /** PEM, PKCS#1 as GitHub gives it. */
  privateKey: string
  publicKey: string
  webhookSecret: string
  clientId: string
  clientSecret: string
  installationId: number
}

export interface SeedOptions {
  /** What the app may do; the default is what Qaack asks for. */
  permissions?: Record<string, 'read' | 'write'>
  /** Events the app has subscribed to; installation events come in any case. */
  events?: string[]
}

export interface Seed {
  app: LocalApp
  permissions: Record<string, 'read' | 'write'>
  events: string[]
  /** Name, token and kind of account of everybody there. */
  people: Map<string, { token: string; name: string }>
  organisation: string
  /** For `createEmulator`. */
  tokens: Record<string, { login: string; scopes: string[] }>
  config: Record<string, unknown>
  ownToken(login: string, turn: number): string
}

const organisation = 'acme'
const people = { ada: 'Ada Harbour', grace: 'Grace Quay', mallory: 'Mallory Reef' }
const ownTokens = 100

/** Ada owns acme with the empty repository shop, Grace may write there, Mallory may nothing. */
export function makeSeed(options: SeedOptions): Seed {
  const app = makeApp()
  const permissions = options.permissions ?? defaultPermissions
  const events = options.events ?? defaultEvents
  const secret = randomBytes(8).toString('hex')
  const ownToken = (login: string, turn: number) => `own_${secret}_${login}_${turn % ownTokens}`
  const known = new Map(
    Object.entries(people).map(([login, name]) => [
      login,
      { name, token: `ghp_${login}${randomBytes(12).toString('hex')}` },
    ]),
  )
  const tokens: Seed['tokens'] = {}
  const scopes = ['repo', 'user', 'admin:org', 'delete_repo']
  for (const [login, { token }] of known) {
    tokens[token] = { login, scopes }
    for (let turn = 0; turn < ownTokens; turn += 1) tokens[ownToken(login, turn)] = { login, scopes }
  }
  return { app, permissions, events, people: known, organisation, tokens, ownToken, config: config(app) }

  function config(of: LocalApp): Record<string, unknown> {
    return {
      users: Object.entries(people).map(([login, name]) => ({ login, name, email: `${login}@example.org` })),
      orgs: [{ login: organisation, members: [{ login: 'ada', role: 'admin' }] }],
      apps: [
        {
          app_id: of.appId,
          slug: of.slug,
          name: of.name,
          private_key: of.privateKey,
          permissions,
          events,
          // no address: the front makes the webhooks itself, after the bare repository has followed
          installations: [
            { installation_id: of.installationId, account: organisation, repository_selection: 'all' },
          ],
        },
      ],
    }
  }
}

let keys: { privateKey: string; publicKey: string } | undefined

/** All that one process plays have the same keys, which take long to make; their secrets differ. */
function makeApp(): LocalApp {
  keys ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const { privateKey, publicKey } = keys
  return {
    appId: 4711,
    slug: 'qaack',
    name: 'Qaack',
    privateKey,
    publicKey,
    webhookSecret: randomBytes(20).toString('hex'),
    clientId: `Iv1.${randomBytes(8).toString('hex')}`,
    clientSecret: randomBytes(20).toString('hex'),
    installationId: 8150,
  }
}

const defaultPermissions: Record<string, 'read' | 'write'> = {
  metadata: 'read',
  contents: 'read',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
  statuses: 'write',
  deployments: 'write',
}

const defaultEvents = [
  'push',
  'create',
  'delete',
  'pull_request',
  'issue_comment',
  'check_run',
  'check_suite',
  'repository',
]
