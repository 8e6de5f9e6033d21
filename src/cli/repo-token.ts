import { findRepository } from './client/find.ts'
import { connect } from './connect.ts'
import { CliFailure } from './terminal/failure.ts'
import { askSecret } from './terminal/prompt.ts'
import { show, type World } from './terminal/world.ts'

/** `qaack repo token`: the token comes from stdin, or is asked for, so that it is in no list of commands. */
export async function token(world: World, given: string): Promise<void> {
  const http = connect(world)
  const { id, name } = await findRepository(http, given)
  const text = await askSecret(world, `New token for ${name}: `)
  if (text === '') throw new CliFailure('no token came; nothing was changed')
  await http.json(`/api/repository/${id}/token`, { method: 'POST', body: { token: text } })
  show(
    world,
    { id },
    () => `Repository ${name} has another token now; what it brings is told by: qaack events`,
  )
}
