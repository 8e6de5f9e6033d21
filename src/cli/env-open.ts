import { spawn } from 'node:child_process'
import { findEnvironment } from './client/find.ts'
import { connect } from './connect.ts'
import { CliFailure } from './terminal/failure.ts'
import { say, show, type World } from './terminal/world.ts'

/** `qaack env open`: the address, and a browser where a person sits in front of one. */
export async function open(world: World, given: string): Promise<void> {
  const { id, weburl, status } = await findEnvironment(connect(world), given)
  if (!weburl || !/^https?:\/\//.test(weburl))
    throw new CliFailure(`environment ${id} has no address; give one of its services a port`)
  show(world, { id, weburl }, () => weburl)
  if (status === 'empty') say(world, `It is empty; qaack env create ${id} fills it.`)
  const opener = openerOf(world)
  if (!opener || world.json || !world.stdout.isTTY) return
  const child = spawn(opener, [weburl], { detached: true, stdio: 'ignore' })
  // The address stands on the terminal; a browser that does not open is no failure.
  child.on('error', () => undefined)
  child.unref()
}

function openerOf({ env }: World): string | undefined {
  if (process.platform === 'darwin') return 'open'
  return env.DISPLAY || env.WAYLAND_DISPLAY ? 'xdg-open' : undefined
}
