import type { Command } from 'commander'
import { read } from './client/read.ts'
import { newTokenShape, userShape } from './client/shapes.ts'
import { connect, example } from './connect.ts'
import { distanceText, minutesOf } from './terminal/durations.ts'
import { wrongUse } from './terminal/failure.ts'
import { table } from './terminal/table.ts'
import { columnsOf } from './terminal/colour.ts'
import { say, show, type World } from './terminal/world.ts'

/** `qaack token`: who may talk to the server. */
export function tokenCommand(program: Command, world: World): void {
  const token = program
    .command('token')
    .description('tokens for the API and this command line')
    .addHelpText('after', example('qaack token list'))
  token
    .command('create')
    .description('make a token; it is shown once')
    .argument('<name>', 'what it is for')
    .option('--expires <time>', 'when it stops working, e.g. 90d, or a date like 2030-01-31')
    .option('--read-only', 'it may look at everything and change nothing')
    .addHelpText(
      'after',
      example('qaack token create ci --expires 90d', 'qaack token create dashboard --read-only'),
    )
    .action((name: string, options: { expires?: string; readOnly?: boolean }) => create(world, name, options))
  token
    .command('list')
    .description('list the tokens, without their text')
    .addHelpText('after', example('qaack token list'))
    .action(() => list(world))
  token
    .command('delete')
    .description('make a token stop working')
    .argument('<name>')
    .addHelpText('after', example('qaack token delete ci'))
    .action((name: string) => remove(world, name))
}

async function create(
  world: World,
  name: string,
  options: { expires?: string; readOnly?: boolean },
): Promise<void> {
  const expires =
    options.expires === undefined ? {} : { expirationTime: expiryOf(options.expires, world.clock.now()) }
  const body = { name, ...expires, readOnly: options.readOnly ?? false }
  const made = await read(connect(world), '/api/user/tokens', newTokenShape, { method: 'POST', body })
  if (!world.json) say(world, `Token ${name}; it is not shown again:`)
  show(world, made, () => made.token)
}

async function list(world: World): Promise<void> {
  const { apiTokens } = await read(connect(world), '/api/user/info', userShape)
  const layout = [
    { title: 'NAME', cell: (token: (typeof apiTokens)[number]) => token.Name, shrink: true },
    {
      title: 'EXPIRES',
      cell: (token: (typeof apiTokens)[number]) =>
        distanceText(token.ExpiresOn, world.clock.now()) || 'never',
    },
    {
      title: 'MAY',
      cell: (token: (typeof apiTokens)[number]) => (token.ReadOnly ? 'read' : 'read and write'),
    },
  ]
  show(world, apiTokens, () => table(layout, apiTokens, columnsOf(world)))
}

async function remove(world: World, name: string): Promise<void> {
  await connect(world).json('/api/user/tokens', { method: 'DELETE', body: { name } })
  show(world, { name, deleted: true }, () => `Token ${name} deleted.`)
}

/** A distance like `90d`, or a date, as RFC 3339. */
function expiryOf(text: string, now: number): string {
  const minutes = /[a-z]$/.test(text) ? minutesOf(text) : undefined
  const at = minutes === undefined ? Date.parse(text) : now + minutes * 60_000
  const isDate = !Number.isNaN(new Date(at).getTime())
  if (!isDate || !(minutes !== undefined || /^\d{4}-\d{2}-\d{2}/.test(text))) {
    throw wrongUse(`--expires must be a time like 90d or 12h, or a date like 2030-01-31, not ${text}`)
  }
  return new Date(at).toISOString()
}
