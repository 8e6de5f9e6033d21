import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { git, tryGit, writeCommit } from '../../../src/demo/github/bare.ts'
import { Deliveries, type Delivery } from './deliveries.ts'
import { makeUser, type GitlabUser } from './driver.ts'
import { makeFront, type GitlabFaults, type GitlabRequest } from './front.ts'
import { beginning } from './people.ts'
import { addProject } from './projects.ts'
import * as at from './world.ts'
import type { Account, Namespace, World } from './world.ts'

export type { Delivery, GitlabFaults, GitlabRequest, GitlabUser }

/** A GitLab on this machine: its API, real git, webhooks; with the group `acme` and the public project `acme/shop` (42). */
export interface LocalGitlab extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  url: string
  /** Of the user `qaack-bot`, Maintainer of the group. */
  token: string
  /** Owner; Developer; Guest. */
  user(name: 'ada' | 'grace' | 'mallory'): GitlabUser
  /** Every API request of qaack-bot, oldest first. */
  requests: GitlabRequest[]
  /** What goes wrong with qaack-bot's API requests; undefined = nothing. */
  faults: GitlabFaults | undefined
  /** So many of the next calls of webhooks are never sent. */
  loseDeliveries(count: number): void
  /** Every call of a webhook, oldest first, also those that were lost. */
  deliveries: Delivery[]
  /** When every call that was begun has been answered or has failed. */
  delivered(): Promise<void>
}

const bot = 'qaack-bot'

const people: [id: number, username: string, name: string, role: number][] = [
  [11, 'ada', 'Ada Lovelace', at.owner],
  [12, 'grace', 'Grace Hopper', at.developer],
  [13, 'mallory', 'Mallory', at.guest],
  [14, bot, 'Qaack', at.maintainer],
]

/** Starts it. Everything it keeps is in memory and in a temporary folder, and gone when it is disposed of. */
export async function startGitlab(): Promise<LocalGitlab> {
  // the address is in every answer, so it must be there first
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const world = await makeWorld(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const front = makeFront(world, server, bot)
  const users = new Map(people.map(([, username]) => [username, makeUser(world, username)]))
  let faults: GitlabFaults | undefined
  return {
    url: world.base,
    token: named(users, bot).token,
    user: (name) => named(users, name),
    requests: front.requests,
    get faults() {
      return faults
    },
    set faults(next) {
      faults = next
      front.setFaults(next)
    },
    loseDeliveries: (count) => void (world.deliveries.losing = count),
    deliveries: world.deliveries.all,
    delivered: () => world.deliveries.settled(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await world.deliveries.close()
      rmSync(world.folder, { recursive: true, force: true })
    },
  }
}

async function makeWorld(base: string): Promise<World> {
  let lastId = 1000
  let queue: Promise<unknown> = Promise.resolve()
  const accounts: Account[] = people.map(([id, username, name]) => {
    return { id, username, name, token: `glpat-${randomBytes(15).toString('base64url')}` }
  })
  const world: World = {
    base,
    folder: mkdtempSync(path.join(tmpdir(), 'qaack-gitlab-')),
    accounts,
    projects: [],
    deliveries: new Deliveries(base),
    nextId: () => (lastId += 1),
    alone(work) {
      const result = queue.then(work)
      queue = result.catch(() => undefined)
      return result
    },
  }
  const members = new Map(people.map(([id, , , role]) => [id, role]))
  const acme: Namespace = { id: 7, name: 'acme', path: 'acme', kind: 'group', members }
  const { dir } = await addProject(world, { id: 42, path: 'shop', namespace: acme, createdAt: beginning })
  await firstCommit(dir)
  return world
}

/** What GitLab puts into a project that was made with a readme. */
async function firstCommit(dir: string): Promise<void> {
  const blob = (await git(dir, ['hash-object', '-w', '--stdin'], '# shop\n')).trim()
  const made = await tryGit(dir, ['mktree'], `100644 blob ${blob}\tREADME.md\n`)
  const by = { name: 'Ada Lovelace', email: 'ada@example.org' }
  const tree = made.out.toString('utf8').trim()
  const commit = await writeCommit(dir, { tree, parents: [], message: 'Initial commit', by })
  await git(dir, ['update-ref', 'refs/heads/main', commit])
}

function named(users: Map<string, GitlabUser>, name: string): GitlabUser {
  const user = users.get(name)
  if (!user) throw new Error(`Nobody is called ${name}`)
  return user
}
