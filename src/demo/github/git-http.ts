import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { gitSurroundings, nothing, refsOf } from './bare.ts'
import { callerOfToken, demand } from './callers.ts'
import type { RefChange } from './payloads.ts'
import { refsChanged } from './refs-changed.ts'
import type { Repository } from './repositories.ts'
import { Refusal, type Caller, type World } from './world.ts'

/** `/<owner>/<repo>.git/...`: which repository, and which of git's own addresses below it. */
export function gitPath(path: string): { owner: string; name: string; rest: string } | undefined {
  const parts = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path)
  return parts ? { owner: parts[1] ?? '', name: parts[2] ?? '', rest: parts[3] ?? '' } : undefined
}

/** Fetches and pushes, by git's own server program. A push is answered when everything has followed it. */
export async function serveGit(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  place: { owner: string; name: string; rest: string },
): Promise<void> {
  const pushing = place.rest === 'git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack'
  const caller = callerOfBasic(world, request.headers.authorization ?? '')
  const repository = world.repositories.byName(place.owner, place.name)
  const refusal = await refusalOf(world, caller, repository, pushing)
  if (refusal || !repository) return refuse(response, refusal ?? 404)
  const login = caller.kind === 'user' || caller.kind === 'installation' ? caller.login : ''
  const run = (hold: boolean) =>
    runBackend(repository, request, response, url, { rest: place.rest, login, hold })
  if (place.rest !== 'git-receive-pack') return (await run(false))()
  const finish = await world.alone(async () => {
    const before = await refsOf(repository.dir)
    const answerClient = await run(true)
    const after = await refsOf(repository.dir)
    await refsChanged(world, repository, movesBetween(before, after), login)
    return answerClient
  })
  finish()
}

function movesBetween(before: Map<string, string>, after: Map<string, string>): RefChange[] {
  const refs = [...new Set([...before.keys(), ...after.keys()])]
  return refs
    .map((ref) => ({ ref, before: before.get(ref) ?? nothing, after: after.get(ref) ?? nothing }))
    .filter((move) => move.before !== move.after)
}

async function refusalOf(
  world: World,
  caller: Caller,
  repository: Repository | undefined,
  pushing: boolean,
): Promise<number | undefined> {
  if (caller.kind === 'denied') return 401
  if (!repository) return caller.kind === 'anonymous' ? 401 : 404
  if (caller.kind === 'anonymous' && (pushing || repository.private)) return 401
  try {
    await demand(world, caller, repository, 'contents', pushing ? 'write' : 'read')
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error.status
    throw error
  }
}

/** Tokens come as the password, whatever the user is called. */
function callerOfBasic(world: World, authorization: string): Caller {
  if (authorization === '') return { kind: 'anonymous' }
  const pair = Buffer.from(authorization.replace(/^basic\s+/i, ''), 'base64').toString('utf8')
  const [user = '', password = ''] = [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)]
  return callerOfToken(world, password === '' || password === 'x-oauth-basic' ? user : password)
}

function refuse(response: ServerResponse, status: number): void {
  const text =
    status === 401
      ? 'Authentication required.'
      : status === 404
        ? 'Repository not found.'
        : 'Permission denied.'
  response.writeHead(status, {
    'content-type': 'text/plain',
    ...(status === 401 && { 'www-authenticate': 'Basic realm="GitHub"' }),
  })
  response.end(`${text}\n`)
}

/** Runs `git http-backend`; the function that comes back sends what it said (held until then, or as it comes). */
export function runBackend(
  repository: Pick<Repository, 'dir'>,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  how: { rest: string; login: string; hold: boolean },
): Promise<() => void> {
  const header = (name: string) => (request.headers[name] as string | undefined) ?? ''
  const child = spawn('git', ['http-backend'], {
    env: {
      ...gitSurroundings,
      GIT_HTTP_EXPORT_ALL: '1',
      // found by its record, so that no path of a request ever reaches the file system
      GIT_PROJECT_ROOT: repository.dir,
      PATH_INFO: `/${how.rest}`,
      REQUEST_METHOD: request.method ?? 'GET',
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: header('content-type'),
      CONTENT_LENGTH: header('content-length'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
      REMOTE_USER: how.login,
      REMOTE_ADDR: '127.0.0.1',
    },
  })
  child.stdin.on('error', () => undefined)
  request.pipe(child.stdin)
  return new Promise((resolve, reject) => {
    let head: Buffer | undefined = Buffer.alloc(0)
    const held: Buffer[] = []
    const send = (chunk: Buffer) => (how.hold ? held.push(chunk) : response.write(chunk))
    let start = () => response.writeHead(500)
    child.on('error', reject)
    child.stdout.on('data', (chunk: Buffer) => {
      if (!head) return send(chunk)
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      const lines = head.subarray(0, end).toString('latin1').split('\r\n')
      const rest = head.subarray(end + 4)
      head = undefined
      start = () => writeHead(response, lines)
      if (!how.hold) start()
      if (rest.length > 0) send(rest)
    })
    child.on('close', () =>
      resolve(() => {
        if (how.hold || head) start()
        response.end(Buffer.concat(held))
      }),
    )
    response.on('close', () => child.exitCode === null && !how.hold && child.kill())
  })
}

function writeHead(response: ServerResponse, lines: string[]): ServerResponse {
  const pairs = lines.map((line) => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1).trim(),
  ])
  const status = Number(pairs.find(([name]) => name?.toLowerCase() === 'status')?.[1]?.slice(0, 3) ?? 200)
  const headers = Object.fromEntries(pairs.filter(([name]) => name?.toLowerCase() !== 'status')) as Record<
    string,
    string
  >
  return response.writeHead(status, headers)
}
