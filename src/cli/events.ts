import type { Command } from 'commander'
import { findEnvironment, findRepository, listEnvironments } from './client/find.ts'
import type { Http } from './client/http.ts'
import { listRepositories, read } from './client/read.ts'
import { eventShape, eventsShape, type Event } from './client/shapes.ts'
import { followEvents } from './client/streams.ts'
import { connect, example } from './connect.ts'
import { stateColour } from './terminal/colour.ts'
import { wrongUse } from './terminal/failure.ts'
import { untilInterrupted } from './terminal/interrupt.ts'
import { oneLine } from './terminal/text.ts'
import { show, showLine, type World } from './terminal/world.ts'

interface Options {
  follow?: boolean
  repository?: string
  environment?: string
  since?: string
  limit?: string
}

/** `qaack events`: every decision with its reason. */
export function eventsCommand(program: Command, world: World): void {
  program
    .command('events')
    .description('what was decided, and why')
    .option('-f, --follow', 'go on with what comes; as JSON one event a line')
    .option('-r, --repository <repository>', 'only of this one: its id or name')
    .option('-e, --environment <environment>', 'only of this one: its id, its name, or repository/ref')
    .option('--since <seq>', 'only those after this number')
    .option('--limit <count>', 'at most so many')
    .addHelpText(
      'after',
      example('qaack events -f', 'qaack events --environment shop/main', 'qaack events --since 120 -o json'),
    )
    .action((options: Options) => events(world, options))
}

async function events(world: World, options: Options): Promise<void> {
  const http = connect(world)
  const path = `/api/events${await queryOf(http, options)}`
  const names = world.json ? new Map<string, string>() : await namesOf(http)
  if (!options.follow) {
    const list = await read(http, path, eventsShape)
    if (list.length > 0 || world.json)
      show(world, list, () => list.map((event) => lineOf(world, event, names)).join('\n'))
    return
  }
  await untilInterrupted(async (signal) => {
    for await (const { data } of followEvents(world, http, path, signal)) {
      const event = eventShape.safeParse(JSON.parse(data))
      if (event.success) showLine(world, event.data, () => lineOf(world, event.data, names))
    }
  })
}

async function queryOf(http: Http, options: Options): Promise<string> {
  const query = new URLSearchParams()
  for (const name of ['since', 'limit'] as const) {
    const text = options[name]
    if (text !== undefined && !/^\d{1,15}$/.test(text))
      throw wrongUse(`--${name} must be a whole number, not ${text}`)
    if (text !== undefined) query.set(name, text)
  }
  if (options.repository !== undefined)
    query.set('repository', (await findRepository(http, options.repository)).id)
  if (options.environment !== undefined)
    query.set('environment', (await findEnvironment(http, options.environment)).id)
  return query.size > 0 ? `?${query.toString()}` : ''
}

/** Ids of what is there now -> the name that people type. */
async function namesOf(http: Http): Promise<Map<string, string>> {
  const repositories = await listRepositories(http)
  const environments = await listEnvironments(http, repositories)
  return new Map([
    ...repositories.map(({ id, name }) => [id, name] as const),
    ...environments.map(({ id, repository, gitRef }) => [id, `${repository.name}/${gitRef.name}`] as const),
  ])
}

function lineOf(world: World, event: Event, names: Map<string, string>): string {
  const id = event.environment ?? event.repository ?? ''
  const where = oneLine(names.get(id) ?? id)
  const time = new Date(event.at).toLocaleString('sv-SE')
  return [
    time,
    stateColour(world)(event.kind.padEnd(11), event.kind),
    ...(where ? [where] : []),
    oneLine(event.message),
  ].join('  ')
}
