import { findRepository, unlessMissing } from './client/find.ts'
import { listRepositories, read, readEach, readRepository } from './client/read.ts'
import { settingsShape, type Repository } from './client/shapes.ts'
import { connect } from './connect.ts'
import { environmentTable } from './environment-text.ts'
import { columnsOf, stateColour } from './terminal/colour.ts'
import { distanceText } from './terminal/durations.ts'
import { facts, table, type Column } from './terminal/table.ts'
import { oneLine, plainText } from './terminal/text.ts'
import { show as showResult, type World } from './terminal/world.ts'

/** `qaack repo list`. */
export async function list(world: World): Promise<void> {
  const http = connect(world)
  const listed = await listRepositories(http)
  const groups = new Map(listed.map(({ id, group }) => [id, group.name]))
  const answered = await readEach(listed, ({ id }) => unlessMissing(readRepository(http, id)))
  const repositories = answered.filter((repository) => repository !== undefined)
  const layout: Column<Repository>[] = [
    { title: 'ID', cell: ({ id }) => id },
    { title: 'GROUP', cell: ({ id }) => groups.get(id) ?? '', shrink: true },
    { title: 'NAME', cell: ({ name }) => name, shrink: true },
    { title: 'TYPE', cell: ({ type }) => type },
    { title: 'REFS', cell: ({ environments }) => String(environments.length) },
    {
      title: 'PREVIEWS',
      cell: ({ environments }) => String(environments.filter(({ status }) => status !== 'empty').length),
    },
    { title: 'ORIGIN', cell: ({ url }) => url ?? '', shrink: true },
  ]
  showResult(world, repositories, () => table(layout, repositories, columnsOf(world)))
}

/** `qaack repo show`. */
export async function show(world: World, given: string): Promise<void> {
  const http = connect(world)
  const repository = await findRepository(http, given)
  const { sshPublicKey } = await read(http, `/api/repository/${repository.id}/settings`, settingsShape)
  const shown = { ...repository, ...(sshPublicKey === undefined ? {} : { sshPublicKey }) }
  showResult(world, shown, () => repositoryText(world, repository, sshPublicKey))
}

function repositoryText(world: World, repository: Repository, sshPublicKey: string | undefined): string {
  const now = world.clock.now()
  const told = facts([
    ['id', repository.id],
    ['name', oneLine(repository.name)],
    ['type', repository.type],
    ['origin', oneLine(repository.url ?? '')],
    ['page', repository.details?.url === repository.url ? '' : oneLine(repository.details?.url ?? '')],
    ['refs read', distanceText(repository.syncedAt, now)],
    ['but then', plainText(repository.syncError ?? '')],
    ['ssh key', oneLine(sshPublicKey ?? '')],
  ])
  const environments = repository.environments.map((environment) => ({
    ...environment,
    repository: repository.name,
    status: environment.status ?? '',
  }))
  return `${told}\n\n${environmentTable(environments, now, stateColour(world), columnsOf(world))}`
}
