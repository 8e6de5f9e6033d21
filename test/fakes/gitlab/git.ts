import type { IncomingMessage, ServerResponse } from 'node:http'
import { nothing, refsOf } from '../../../src/demo/github/bare.ts'
import { runBackend } from '../../../src/demo/github/git-http.ts'
import type { RefChange } from '../../../src/demo/github/payloads.ts'
import { refsChanged } from './refs-changed.ts'
import { developer, findProject, guest, reporter, roleOf, type Account, type World } from './world.ts'

/** `/<group>/<project>.git/...`: which project, and which of git's own addresses below it. */
export function gitPath(path: string): { project: string; rest: string } | undefined {
  const parts = /^\/(.+?)\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path)
  return parts ? { project: parts[1] ?? '', rest: parts[2] ?? '' } : undefined
}

/** Fetches and pushes, by git's own server program. A push is answered when everything has followed it. */
export async function serveGit(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  place: { project: string; rest: string },
): Promise<void> {
  const pushing = place.rest === 'git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack'
  const account = accountOf(world, request.headers.authorization ?? '')
  const project = findProject(world, place.project)
  if (account === 'wrong' || (!account && (pushing || project?.visibility !== 'public')))
    return refuse(response, 401, 'HTTP Basic: Access denied.')
  const role = project ? roleOf(project, account) : 0
  const isSeen = project?.visibility === 'public' || role >= guest
  if (!project || !isSeen)
    return refuse(
      response,
      404,
      'The project you were looking for could not be found or you do not have permission to view it.',
    )
  if (pushing && role < developer)
    return refuse(response, 403, 'You are not allowed to push code to this project.')
  if (project.visibility !== 'public' && role < reporter)
    return refuse(response, 403, 'You are not allowed to download code from this project.')

  const run = (hold: boolean) => {
    const how = { rest: place.rest, login: account?.username ?? '', hold }
    return runBackend(project, request, response, url, how)
  }
  if (place.rest !== 'git-receive-pack' || !account) return (await run(false))()
  const finish = await world.alone(async () => {
    const before = await refsOf(project.dir)
    const answerClient = await run(true)
    await refsChanged(world, project, movesBetween(before, await refsOf(project.dir)), account)
    return answerClient
  })
  finish()
}

/** A token is the password, whatever the user is called: `oauth2`, or their own name. */
function accountOf(world: World, authorization: string): Account | 'wrong' | undefined {
  if (authorization === '') return undefined
  const pair = Buffer.from(authorization.replace(/^basic\s+/i, ''), 'base64').toString('utf8')
  const password = pair.slice(pair.indexOf(':') + 1)
  return world.accounts.find(({ token }) => token === password) ?? 'wrong'
}

function movesBetween(before: Map<string, string>, after: Map<string, string>): RefChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((ref) => ({ ref, before: before.get(ref) ?? nothing, after: after.get(ref) ?? nothing }))
    .filter((move) => move.before !== move.after)
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain',
    ...(status === 401 && { 'www-authenticate': 'Basic realm="GitLab"' }),
  })
  response.end(`${text}\n`)
}
