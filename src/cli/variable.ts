import { Option, type Command } from 'commander'
import { z } from 'zod'
import { findGroup, findRepository } from './client/find.ts'
import type { Http } from './client/http.ts'
import { read } from './client/read.ts'
import { connect, example } from './connect.ts'
import { wrongUse } from './terminal/failure.ts'
import { columnsOf } from './terminal/colour.ts'
import { table } from './terminal/table.ts'
import { oneLine } from './terminal/text.ts'
import { show, type World } from './terminal/world.ts'
import { valueOf } from './variable-value.ts'

interface Whose {
  group?: string
  repo?: string
}

interface SetOptions extends Whose {
  file?: string
  type?: string
  path?: string
  buildTime?: boolean
}

const variableShape = z.looseObject({
  name: z.string(),
  type: z.string(),
  visibility: z.string(),
  value: z.string().optional(),
  path: z.string().optional(),
})
const variablesShape = z.looseObject({ variables: z.array(variableShape) })

/** `qaack variable`: what services get to know. */
export function variableCommand(program: Command, world: World): void {
  const variable = program
    .command('variable')
    .description('variables of a repository or a group, for all their environments')
    .addHelpText(
      'after',
      example('qaack variable list --repo shop', 'qaack variable set --repo shop LOG debug'),
    )
  whose(variable.command('list').description('list variables; secrets and files without what is in them'))
    .addHelpText('after', example('qaack variable list --repo shop', 'qaack variable list --group default'))
    .action((options: Whose) => list(world, options))
  whose(variable.command('set').description('set a variable, in place of the one that had its name'))
    .argument('<name>', 'letters, digits and _')
    .argument('[value]', 'read from stdin if left out, which keeps it out of the history of the shell')
    .option('-f, --file <file>', 'read the value from a file')
    .addOption(
      new Option('-t, --type <type>', 'secrets and files are never shown and are masked in all output')
        .choices(['text', 'secret', 'file'])
        .default('text'),
    )
    .option('--path <path>', 'of a file: where it is in the services (default: /run/qaack/<name>)')
    .option('--build-time', 'only build steps see it')
    .addHelpText(
      'after',
      example(
        'qaack variable set --repo shop LOG_LEVEL debug',
        'qaack variable set --repo shop API_KEY --type secret < key',
        'qaack variable set --group default NPMRC --type file --file .npmrc --path /root/.npmrc',
      ),
    )
    .action((name: string, value: string | undefined, options: SetOptions) =>
      set(world, name, value, options),
    )
  whose(variable.command('delete').description('delete a variable'))
    .argument('<name>')
    .addHelpText('after', example('qaack variable delete --repo shop LOG_LEVEL'))
    .action((name: string, options: Whose) => remove(world, name, options))
}

function whose(command: Command): Command {
  return command
    .option('-g, --group <group>', 'of a group: its id or name')
    .option('-r, --repo <repository>', 'of a repository: its id or name')
}

async function list(world: World, options: Whose): Promise<void> {
  const http = connect(world)
  const { path } = await ownerOf(http, options)
  const { variables } = await read(http, `${path}/settings`, variablesShape)
  type Variable = (typeof variables)[number]
  const layout = [
    { title: 'NAME', cell: ({ name }: Variable) => name },
    { title: 'TYPE', cell: ({ type }: Variable) => type },
    { title: 'SEEN', cell: ({ visibility }: Variable) => visibility },
    {
      title: 'VALUE',
      cell: ({ value, path }: Variable) => oneLine(value ?? path ?? '(not shown)'),
      shrink: true,
    },
  ]
  show(world, variables, () => table(layout, variables, columnsOf(world)))
}

async function set(
  world: World,
  name: string,
  given: string | undefined,
  options: SetOptions,
): Promise<void> {
  const http = connect(world)
  const { path, text } = await ownerOf(http, options)
  const { type = 'text', path: place } = options
  const body = {
    name,
    value: await valueOf(world, { given, file: options.file, isFile: type === 'file', name }),
    type,
    visibility: options.buildTime ? 'buildtime' : 'always',
    ...(place === undefined ? {} : { path: place }),
  }
  const made = await read(http, `${path}/variables`, variableShape, { method: 'POST', body })
  show(
    world,
    made,
    () => `Variable ${name} of ${text} set; environments have it from their next creation or build on.`,
  )
}

async function remove(world: World, name: string, options: Whose): Promise<void> {
  const http = connect(world)
  const { path, text } = await ownerOf(http, options)
  await http.json(`${path}/variables`, { method: 'DELETE', body: { name } })
  show(world, { name, deleted: true }, () => `Variable ${name} of ${text} deleted.`)
}

/** Where the API has what is asked for, and how people call it. */
async function ownerOf(http: Http, { group, repo }: Whose): Promise<{ path: string; text: string }> {
  if ((group === undefined) === (repo === undefined))
    throw wrongUse('say whose variables are meant: --repo NAME or --group NAME')
  if (repo !== undefined) {
    const { id, name } = await findRepository(http, repo)
    return { path: `/api/repository/${id}`, text: `repository ${name}` }
  }
  const { id, name } = await findGroup(http, group ?? '')
  return { path: `/api/group/${id}`, text: `group ${name}` }
}
