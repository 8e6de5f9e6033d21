import { createVerify } from 'node:crypto'
import { numberAt, objectOf, parseJson, textAt } from './json.ts'
import { fullName, type Repository } from './repositories.ts'
import { Refusal, type Caller, type World } from './world.ts'

/** Who stands behind an Authorization header of the API. */
export function callerOf(world: World, authorization: string): Caller {
  const token = authorization.replace(/^(bearer|token)\s+/i, '').trim()
  if (token === '') return { kind: 'anonymous' }
  if (token.startsWith('eyJ')) return appOf(world, token)
  return callerOfToken(world, token)
}

export function callerOfToken(world: World, token: string): Caller {
  const caller = world.callers.get(token)
  if (!caller) return { kind: 'denied' }
  if (caller.kind === 'installation' && (caller.until < Date.now() || !world.installation.installed))
    return { kind: 'denied' }
  return caller
}

export function isOurApp(caller: Caller): boolean {
  return caller.kind === 'app' || caller.kind === 'installation'
}

export function loginOf(caller: Caller): string {
  if (caller.kind === 'anonymous' || caller.kind === 'denied')
    throw new Refusal(401, 'Requires authentication')
  return caller.login
}

/** Refuses an installation that has not the permission, as GitHub does; a person needs the right to read or to write. */
export async function demand(
  world: World,
  caller: Caller,
  repository: Repository,
  permission: string,
  level: 'read' | 'write',
): Promise<void> {
  if (caller.kind === 'installation')
    return demandOfInstallation(world, caller, repository, permission, level)
  if (level === 'read' && !repository.private) return
  if (caller.kind !== 'user') throw new Refusal(401, 'Requires authentication')
  const right = await rightOf(world, repository, caller.login)
  if (right === 'none') throw new Refusal(404, 'Not Found')
  if (level === 'write' && right !== 'admin' && right !== 'write')
    throw new Refusal(403, 'Must have push access to Repository')
}

/** What somebody may do in a repository, in the words of GitHub's permission answer. */
export async function rightOf(world: World, repository: Repository, login: string): Promise<string> {
  const path = `/repos/${fullName(repository)}/collaborators/${login}/permission`
  const { status, body } = await world.emulate.as(masterOf(world, repository), 'GET', path)
  if (status !== 200) return repository.private ? 'none' : 'read'
  const role = textAt(body, 'role_name')
  if (role === 'admin') return 'admin'
  return role === 'write' || role === 'maintain' ? 'write' : 'read'
}

/** Somebody who may do everything in a repository; in whose name its mirror is kept. */
export function masterOf(world: World, repository: Repository): string {
  return world.seed.people.has(repository.owner) ? repository.owner : 'ada'
}

function demandOfInstallation(
  world: World,
  caller: Extract<Caller, { kind: 'installation' }>,
  repository: Repository,
  permission: string,
  level: 'read' | 'write',
): void {
  const reached =
    world.installation.reaches(repository) && (!caller.only || caller.only.includes(repository.id))
  if (!reached && repository.private) throw new Refusal(404, 'Not Found')
  const given = caller.permissions[permission]
  const enough = level === 'read' ? given !== undefined : given === 'write'
  if (level === 'read' && !repository.private && permission === 'contents') return
  if (!reached || !enough) throw new Refusal(403, 'Resource not accessible by integration')
}

function appOf(world: World, token: string): Caller {
  const [head = '', payload = '', signature = ''] = token.split('.')
  const verify = createVerify('RSA-SHA256').update(`${head}.${payload}`)
  const claims = objectOf(parseJson(Buffer.from(payload, 'base64url').toString('utf8')))
  const issuer = typeof claims.iss === 'string' ? claims.iss : String(numberAt(claims, 'iss'))
  const { app } = world.seed
  const ours = issuer === String(app.appId) || issuer === app.clientId
  const valid = verify.verify(app.publicKey, Buffer.from(signature, 'base64url'))
  if (!ours || !valid || numberAt(claims, 'exp') * 1000 < Date.now()) return { kind: 'denied' }
  return { kind: 'app', login: `${app.slug}[bot]` }
}
