import { findEnvironment, findRepository, listEnvironments, unlessMissing } from './client/find.ts'
import type { Http } from './client/http.ts'
import type { ListedEnvironment } from './client/match.ts'
import { listRepositories, read, readEach, readRepository } from './client/read.ts'
import { environmentShape, type Environment } from './client/shapes.ts'
import { connect } from './connect.ts'
import { environmentTable, environmentText, type NamedEnvironment } from './environment-text.ts'
import { columnsOf, stateColour } from './terminal/colour.ts'
import { say, show as showResult, type World } from './terminal/world.ts'

/** `qaack env list`. */
export async function list(
  world: World,
  repository: string | undefined,
  options: { all?: boolean },
): Promise<void> {
  const http = connect(world)
  const known = await knownEnvironments(http, repository)
  const wanted = options.all ? known : known.filter(({ status }) => status !== 'empty')
  const environments = (await readEach(wanted, (environment) => readNamed(http, environment))).filter(
    (environment) => environment !== undefined,
  )
  showResult(world, environments, () =>
    environmentTable(environments, world.clock.now(), stateColour(world), columnsOf(world)),
  )
  const hidden = known.length - wanted.length
  if (hidden > 0 && !world.json)
    say(world, `${hidden} more ${hidden === 1 ? 'ref has' : 'refs have'} no preview; --all lists them`)
}

/** `qaack env show`. */
export async function show(world: World, given: string): Promise<void> {
  const http = connect(world)
  const environment = await findEnvironment(http, given)
  const named = await withRepository(http, environment)
  showResult(world, environment, () =>
    environmentText(named, world.clock.now(), stateColour(world), columnsOf(world)),
  )
}

/** The environment with the name of its repository. */
export async function withRepository(http: Http, environment: Environment): Promise<NamedEnvironment> {
  const repository = environment.rid === undefined ? undefined : await readRepository(http, environment.rid)
  return { ...environment, repository: repository?.name ?? '' }
}

async function knownEnvironments(http: Http, given: string | undefined): Promise<ListedEnvironment[]> {
  const repositories = await listRepositories(http)
  const wanted = given === undefined ? undefined : (await findRepository(http, given)).id
  const chosen = repositories.filter(({ id }) => wanted === undefined || id === wanted)
  return listEnvironments(http, chosen)
}

/** Undefined where it went away since it was listed. */
async function readNamed(
  http: Http,
  { id, repository }: ListedEnvironment,
): Promise<NamedEnvironment | undefined> {
  const environment = await unlessMissing(read(http, `/api/environment/${id}`, environmentShape))
  return environment && { ...environment, repository: repository.name }
}
