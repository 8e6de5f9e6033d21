import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CommitMap } from './commit-map.ts'
import { Deliveries, type Delivery } from './deliveries.ts'
import { makeDriver, type LocalUser } from './driver.ts'
import { startEmulate } from './emulate.ts'
import type { Faults } from './faults.ts'
import { makeFront, type AppRequest, type Front } from './front.ts'
import { choose, setInstalled } from './installation-routes.ts'
import { Installation } from './installation.ts'
import { Repositories } from './repositories.ts'
import { makeSeed, type LocalApp, type SeedOptions } from './seed.ts'
import type { World } from './world.ts'

export interface LocalGithubOptions extends SeedOptions {
  /** Any free one if left out. */
  port?: number
  /** Where webhooks go; can be set later. Without one there are none. */
  webhookUrl?: string
  /** false: the app is there but nobody has installed it. */
  installed?: boolean
}

export type { AppRequest, Delivery, Faults, LocalApp, LocalUser }

/** A GitHub on this machine: emulate's state, real git, webhooks, and the app `qaack` in the organisation `acme`. */
export interface LocalGithub {
  /** `http://127.0.0.1:<port>`: for the web pages and git; the API is below `/api/v3`. */
  url: string
  /** For GHE_HOST; GHE_PROTOCOL is `http`. */
  host: string
  app: LocalApp
  /** `ada` owns acme, `grace` may write to what ada makes, `mallory` may nothing. */
  user(login: 'ada' | 'grace' | 'mallory'): LocalUser
  setWebhookUrl(url: string | undefined): void
  /** The next ones are lost on their way and recorded as failed. */
  loseDeliveries(count: number): void
  /** Every attempt to bring a webhook, oldest first. */
  deliveries: Delivery[]
  /** When every webhook that was begun has been answered or has failed. */
  delivered(): Promise<void>
  /** Every API request our app made, oldest first. */
  requests: AppRequest[]
  /** What goes wrong with the app's requests; undefined = nothing. */
  faults: Faults | undefined
  install(): Promise<void>
  uninstall(): Promise<void>
  /** Which of acme's repositories the app reaches, as `acme/shop`. */
  chooseRepositories(names: string[] | 'all'): Promise<void>
  close(): Promise<void>
}

/** Starts it. Everything it keeps is in memory and in a temporary folder, and gone after `close`. */
export async function startGithub(options: LocalGithubOptions = {}): Promise<LocalGithub> {
  // the address is in every answer, so it must be there first
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const folder = mkdtempSync(path.join(tmpdir(), 'qaack-github-'))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const world = await makeWorld(`http://${host}`, folder, options)
  const front = makeFront(world, server)
  await makeShop(world)
  world.deliveries.url = options.webhookUrl
  return handle(world, front, host)
}

function handle(world: World, front: Front, host: string): LocalGithub {
  let faults: Faults | undefined
  return {
    url: world.base,
    host,
    app: world.seed.app,
    user: makeDriver(world),
    setWebhookUrl: (url) => void (world.deliveries.url = url),
    loseDeliveries: (count) => void (world.deliveries.losing = count),
    deliveries: world.deliveries.all,
    delivered: () => world.deliveries.settled(),
    requests: front.requests,
    get faults() {
      return faults
    },
    set faults(next) {
      faults = next
      front.setFaults(next)
    },
    install: () => world.alone(() => setInstalled(world, true, 'ada')),
    uninstall: () => world.alone(() => setInstalled(world, false, 'ada')),
    chooseRepositories: (names) => world.alone(() => choose(world, named(world, names), 'ada')),
    async close() {
      front.server.closeAllConnections()
      await new Promise((resolve) => front.server.close(resolve))
      await world.deliveries.close()
      await world.emulate.close()
      rmSync(world.folder, { recursive: true, force: true })
    },
  }
}

async function makeWorld(base: string, folder: string, options: LocalGithubOptions): Promise<World> {
  const seed = makeSeed(options)
  let lastId = 1000
  const nextId = () => (lastId += 1)
  let queue: Promise<unknown> = Promise.resolve()
  return {
    base,
    seed,
    folder,
    emulate: await startEmulate(seed, base),
    repositories: new Repositories(path.join(folder, 'repositories')),
    commits: new CommitMap(),
    changes: new Map(),
    installation: new Installation(seed.organisation, options.installed ?? true),
    deliveries: new Deliveries({ secret: seed.app.webhookSecret, appId: seed.app.appId, nextId }),
    ...{ deployments: [], statuses: [], reactions: [], annotations: new Map() },
    manifest: { codes: new Map(), latest: undefined },
    callers: new Map([...seed.people].map(([login, { token }]) => [token, { kind: 'user', login }])),
    nextId,
    alone(work) {
      const result = queue.then(work)
      queue = result.catch(() => undefined)
      return result
    },
  }
}

/** What is there from the start: `acme/shop`, empty, where Grace may write. Nobody is told, since nobody listens yet. */
async function makeShop(world: World): Promise<void> {
  await makeDriver(world)('ada').createRepository({ owner: world.seed.organisation, name: 'shop' })
}

function named(world: World, names: string[] | 'all') {
  if (names === 'all') return names
  return names.map((name) => {
    const [owner = '', repository = ''] = name.split('/')
    const found = world.repositories.byName(owner, repository)
    if (!found) throw new Error(`There is no repository ${name}`)
    return found
  })
}
