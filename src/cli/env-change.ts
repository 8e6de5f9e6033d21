import { findEnvironment } from './client/find.ts'
import type { Http } from './client/http.ts'
import { read } from './client/read.ts'
import { environmentShape, idShape, lockShape, type Environment } from './client/shapes.ts'
import { connect } from './connect.ts'
import { withRepository } from './env-list.ts'
import { findPushed } from './env-pushed.ts'
import { pathText, stateText } from './environment-text.ts'
import { followBuild, waitForBuild } from './follow-build.ts'
import { CliFailure } from './terminal/failure.ts'
import { plainText } from './terminal/text.ts'
import { show, showLine, type World } from './terminal/world.ts'

export interface FollowOptions {
  follow?: boolean
  wait?: boolean
}

/** `qaack env create`. `ttl` in minutes. */
export async function create(
  world: World,
  given: string,
  options: FollowOptions & { ttl?: number; build: boolean },
): Promise<void> {
  const http = connect(world)
  const { id } = await findPushed(world, http, given)
  const body = { build: options.build, ...(options.ttl === undefined ? {} : { ttl: options.ttl }) }
  await http.json(`/api/environment/${id}`, { method: 'PUT', body })
  await begun(world, http, id, options)
}

/** `qaack env build`. */
export async function build(
  world: World,
  given: string,
  options: FollowOptions & { clean?: boolean },
): Promise<void> {
  const http = connect(world)
  const { id } = await findEnvironment(http, given)
  const body = options.clean ? { body: { clean: true } } : {}
  await http.json(`/api/environment/${id}/build`, { method: 'POST', ...body })
  await begun(world, http, id, options)
}

/** `qaack env reset`. */
export async function reset(world: World, given: string, options: FollowOptions): Promise<void> {
  const http = connect(world)
  const { id } = await findEnvironment(http, given)
  await http.json(`/api/environment/${id}/reset`, { method: 'POST' })
  await begun(world, http, id, options)
}

/** `qaack env clone`. */
export async function clone(world: World, given: string, options: FollowOptions): Promise<void> {
  const http = connect(world)
  const original = await findEnvironment(http, given)
  const { id } = await read(http, `/api/environment/${original.id}/clone`, idShape, { method: 'POST' })
  await begun(world, http, id, options)
}

/** `qaack env lock` and `qaack env unlock`. */
export async function setLock(
  world: World,
  verb: 'lock' | 'unlock',
  given: string,
  service: string,
): Promise<void> {
  const http = connect(world)
  const { id } = await findEnvironment(http, given)
  const path = `/api/environment/${id}/service/${encodeURIComponent(service)}/${verb}`
  const answer = await read(http, path, lockShape, { method: 'POST' })
  show(world, answer, () => `Service ${service} ${verb}ed.`)
}

/** `qaack env cancel`. */
export async function cancel(world: World, given: string): Promise<void> {
  const http = connect(world)
  const { id } = await findEnvironment(http, given)
  await http.json(`/api/environment/${id}/cancel`, { method: 'POST' })
  const environment = await environmentOf(http, id)
  show(world, environment, () => `${id} is ${stateText(environment)}.`)
}

/** `qaack env delete`. */
export async function remove(world: World, given: string): Promise<void> {
  const http = connect(world)
  const environment = await withRepository(http, await findEnvironment(http, given))
  await http.json(`/api/environment/${environment.id}`, { method: 'DELETE' })
  show(world, { id: environment.id, deleted: true }, () => `${pathText(environment)} is being deleted.`)
}

/** What is told once a build was asked for: at once, or when it has ended, and then the exit code tells how. */
async function begun(world: World, http: Http, id: string, options: FollowOptions): Promise<void> {
  if (!options.follow && !options.wait) {
    const environment = await withRepository(http, await environmentOf(http, id))
    const text = () =>
      `${pathText(environment)} (${id}) is ${stateText(environment)}; it will answer at ${environment.weburl ?? ''}`
    return show(world, environment, text)
  }
  const end = options.follow ? await followBuild(world, http, id) : await waitForBuild(world, http, id)
  const named = await withRepository(http, end)
  const text = () => `${pathText(named)} is ${stateText(end)}: ${end.weburl ?? id}`
  if (!isGood(end)) {
    if (world.json)
      (options.follow ? showLine : show)(world, options.follow ? { environment: end } : end, text)
    throw new CliFailure(
      `${pathText(named)} is ${stateText(end)}${end.reason ? `: ${plainText(end.reason)}` : ''}`,
    )
  }
  if (options.follow) return showLine(world, { environment: end }, text)
  show(world, end, text)
}

function isGood({ status }: Environment): boolean {
  return status === 'built' || status === 'created'
}

function environmentOf(http: Http, id: string): Promise<Environment> {
  return read(http, `/api/environment/${id}`, environmentShape)
}
