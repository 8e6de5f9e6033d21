import { ServerProcess, until } from '../../../src/setup/server-process.ts'
import { show, type EnvironmentView, type RepositoryView } from '../previews.ts'
import type { PlayedHost, PlayedRepository, Seen } from './played-host.ts'

/** A server that is connected to a played host, and one repository there: what every scenario happens on. */
export interface Stage {
  host: PlayedHost
  shop: PlayedRepository
  server: ServerProcess
  /** The id of the repository, which the server has found by itself. */
  repository: string
  /** The environment of a change; undefined while, or since, there is none. */
  environment: (change: number) => Promise<EnvironmentView | undefined>
  /** Waits until what is to be seen on a change is so; says what it was if that does not happen. */
  sees: (
    change: number,
    isSo: (seen: Seen) => boolean | Promise<boolean>,
    what: string,
    seconds?: number,
  ) => Promise<Seen>
  /** What the preview of a change answers to a path. */
  ask: (change: number, path?: string) => Promise<{ status: number; body: string }>
}

/** The server that a host calls. Whatever disturbs the host has an end before this has. */
export async function startServer(host: PlayedHost, settings: Record<string, string> = {}) {
  const server = await ServerProcess.start({ ...host.settings, ...settings })
  host.callsTo(server)
  return {
    server,
    async [Symbol.asyncDispose]() {
      host.calm()
      await server[Symbol.asyncDispose]()
    },
  }
}

export async function openStage(host: PlayedHost, server: ServerProcess, name = 'shop'): Promise<Stage> {
  const shop = await host.repository(name)
  const repository = await foundBy(server, name)
  const environment = async (change: number) => {
    const { environments } = await server.api<RepositoryView>('GET', `/api/repository/${repository}`)
    const found = environments.find(
      ({ gitRef }) => gitRef.type === 'change' && gitRef.name === String(change),
    )
    // It may go while it is asked for.
    return found && (await show(server, found.id).catch(() => undefined))
  }
  return {
    host,
    shop,
    server,
    repository,
    environment,
    async sees(change, isSo, what, seconds = 180) {
      let seen: Seen | undefined
      let looked = { written: -1, at: 0 }
      const looks = async () => {
        const written = shop.written()
        // To look takes dozens of requests: when there is news, and now and then, as a request may be on its way still.
        if (written === looked.written && Date.now() - looked.at < 1000) return false
        looked = { written, at: Date.now() }
        return isSo((seen = await shop.look(change)))
      }
      await until(looks, what, seconds).catch(async (error: unknown) => {
        const events = await server.api('GET', '/api/events').catch(() => '')
        const about = JSON.stringify(
          { seen, environment: await environment(change).catch(String), events },
          null,
          1,
        )
        throw new Error(`${String(error)}\n${about}\n${server.output}`)
      })
      return seen as Seen
    },
    async ask(change, path = '/') {
      const there = await environment(change)
      return there ? server.get(path, new URL(there.weburl).hostname) : { status: 0, body: 'no environment' }
    },
  }
}

/** The id that the server gave the repository of this name when it found it by itself. */
async function foundBy(server: ServerProcess, name: string): Promise<string> {
  let id: string | undefined
  await until(async () => {
    const groups = await server.api<{ id: string; name: string }[]>('GET', '/api/groups')
    const group = groups.find((one) => one.name === 'acme')
    if (!group) return false
    const { repositories } = await server.api<{ repositories: { id: string; name: string }[] }>(
      'GET',
      `/api/group/${group.id}`,
    )
    id = repositories.find((one) => one.name === name)?.id
    return id !== undefined
  }, `the server finds the repository acme/${name} by itself`)
  return id ?? ''
}

/** The one comment that is edited for ever. More than one is a fault of ours, whatever it says. */
export function sticky(seen: Seen): string {
  const all = seen.comments.filter(({ answers }) => answers === null)
  if (all.length > 1) throw new Error(`there are ${all.length} comments: ${JSON.stringify(all)}`)
  return all[0]?.body ?? ''
}

export function replyTo(seen: Seen, commentId: string): string | undefined {
  return seen.comments.find(({ answers }) => answers === commentId)?.body
}

/** A service that shows its greeting and its environment variables, and builds in a moment. */
export function code(
  greeting: string,
  more: { commands?: string; extra?: string } = {},
): Record<string, string> {
  return {
    'qaack/qaack.yml': `services:
  web:
    image: qaack-base/node:latest
    checkout: true
    path: /app
    port: 3000
    commands:
      install: ${more.commands ?? 'cp greeting.txt built.txt'}
    start: node server.mjs
    ready: {path: /}
${more.extra ?? ''}`,
    'server.mjs': `import { createServer } from 'node:http'
import { readFileSync, existsSync } from 'node:fs'
createServer((request, response) => {
  if (request.url === '/env') return response.end(JSON.stringify(process.env))
  const file = '.' + request.url
  if (request.url !== '/') return response.end(existsSync(file) ? readFileSync(file, 'utf8') : 'not there')
  response.end(readFileSync('built.txt', 'utf8').trim())
}).listen(3000)
`,
    'greeting.txt': `${greeting}\n`,
  }
}
