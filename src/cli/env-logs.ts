import { findEnvironment } from './client/find.ts'
import { followText, textOf } from './client/streams.ts'
import { connect } from './connect.ts'
import { followBuild } from './follow-build.ts'
import { pourLog } from './pour-log.ts'
import { wrongUse } from './terminal/failure.ts'
import { untilInterrupted } from './terminal/interrupt.ts'
import type { World } from './terminal/world.ts'

/** `qaack env logs`: of a build, or of a service. */
export async function logs(
  world: World,
  given: string,
  options: { follow?: boolean; build?: string; service?: string },
): Promise<void> {
  const { build, service } = options
  if (build !== undefined && !/^[1-9]\d{0,8}$/.test(build))
    throw wrongUse(`--build must be the number of a build, not ${build}`)
  if (build !== undefined && service !== undefined)
    throw wrongUse('--build and --service exclude each other: a service has one log of its own')
  const http = connect(world)
  const { id } = await findEnvironment(http, given)
  const log = service === undefined ? 'log' : `service/${encodeURIComponent(service)}/log`
  const query = new URLSearchParams({
    ...(options.follow ? { follow: 'true' } : {}),
    ...(build === undefined ? {} : { build }),
  })
  const path = `/api/environment/${id}/${log}${query.size > 0 ? `?${query.toString()}` : ''}`
  if (!options.follow) return pourLog(world, textOf(http, path, { headers: { accept: 'text/plain' } }))
  if (build === undefined && service === undefined) return void (await followBuild(world, http, id))
  await untilInterrupted((signal) => pourLog(world, followText(world, http, path, signal)))
}
