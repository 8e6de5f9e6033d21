import { findRepository } from './client/find.ts'
import { read } from './client/read.ts'
import { namedShape } from './client/shapes.ts'
import { connect } from './connect.ts'
import { show, type World } from './terminal/world.ts'

/** `qaack repo rename`: previews that have a readable address keep it; new ones get it from the new name. */
export async function rename(world: World, given: string, wanted: string): Promise<void> {
  const http = connect(world)
  const { id, name: before } = await findRepository(http, given)
  const options = { method: 'POST', body: { name: wanted } } as const
  const { name } = await read(http, `/api/repository/${id}`, namedShape, options)
  show(
    world,
    { id, name },
    () => `Repository ${before} is ${name} now. Previews that have a readable address keep it.`,
  )
}
