import { Option, type Command } from 'commander'
import { example } from './connect.ts'
import { action } from './env-action.ts'
import { build, cancel, clone, create, remove, reset, setLock, type FollowOptions } from './env-change.ts'
import { exec } from './env-exec.ts'
import { list, show } from './env-list.ts'
import { logs } from './env-logs.ts'
import { open } from './env-open.ts'
import { ttlOf } from './terminal/durations.ts'
import type { World } from './terminal/world.ts'

const whichHelp = 'its id, its name, or repository/ref such as shop/main'

/** `qaack env`: the previews. */
export function envCommand(program: Command, world: World): void {
  const env = program
    .command('env')
    .description('environments: the previews')
    .addHelpText(
      'after',
      example('qaack env list', 'qaack env create shop/main --follow', 'qaack env logs -f shop/main'),
    )
  env
    .command('list')
    .description('list environments')
    .argument('[repository]', 'only those of one repository: its id or name')
    .option('-a, --all', 'also refs that have no preview yet')
    .addHelpText('after', example('qaack env list', 'qaack env list shop --all'))
    .action((repository: string | undefined, options: { all?: boolean }) => list(world, repository, options))
  env
    .command('show')
    .description('show one environment with its services')
    .argument('<environment>', whichHelp)
    .addHelpText('after', example('qaack env show shop/main', 'qaack env show shop/main -o json'))
    .action((given: string) => show(world, given))
  changes(env, world)
  locks(env, world)
  insides(env, world)
}

/** What changes an environment. */
function changes(env: Command, world: World): void {
  const create_ = env
    .command('create')
    .description('create an environment and build it')
    .argument('<environment>', whichHelp)
  following(create_)
    .addOption(
      new Option('--ttl <time>', 'how long it lives, e.g. 90m, 8h, 3d; 0 = until it is deleted').argParser(
        ttlOf,
      ),
    )
    .option('--no-build', 'start its services only: no code, no build')
    .addHelpText(
      'after',
      example('qaack env create shop/main --follow', 'qaack env create shop/feature/cart --ttl 8h --wait'),
    )
    .action((given: string, options: FollowOptions & { ttl?: number; build: boolean }) =>
      create(world, given, options),
    )
  following(
    env
      .command('build')
      .description('build it again from what its ref points to now; what answers goes on until that is ready')
      .argument('<environment>', whichHelp)
      .option('--clean', 'from the images of the Qaackfile, whatever was saved'),
  )
    .addHelpText('after', example('qaack env build shop/main --follow', 'qaack env build shop/main --clean'))
    .action((given: string, options: FollowOptions & { clean?: boolean }) => build(world, given, options))
  following(
    env
      .command('reset')
      .description('bring it back to what it was right after its build, with its data')
      .argument('<environment>', whichHelp),
  )
    .addHelpText('after', example('qaack env reset shop/main --wait'))
    .action((given: string, options: FollowOptions) => reset(world, given, options))
  following(
    env
      .command('clone')
      .description('make one more environment of the same ref')
      .argument('<environment>', whichHelp),
  )
    .addHelpText('after', example('qaack env clone shop/main --wait'))
    .action((given: string, options: FollowOptions) => clone(world, given, options))
  env
    .command('cancel')
    .description('stop its build')
    .argument('<environment>', whichHelp)
    .addHelpText('after', example('qaack env cancel shop/main'))
    .action((given: string) => cancel(world, given))
  env
    .command('delete')
    .description('remove its services and all they hold; the ref stays known')
    .argument('<environment>', whichHelp)
    .addHelpText('after', example('qaack env delete shop/main'))
    .action((given: string) => remove(world, given))
}

/** What keeps a service. */
function locks(env: Command, world: World): void {
  for (const verb of ['lock', 'unlock'] as const)
    env
      .command(verb)
      .description(
        verb === 'lock'
          ? 'keep a service with its data: rebuilds leave it alone, and nothing deletes its environment'
          : 'let go of a service that was kept',
      )
      .argument('<environment>', whichHelp)
      .argument('<service>', 'as the Qaackfile calls it')
      .addHelpText('after', example(`qaack env ${verb} shop/main db`))
      .action((given: string, service: string) => setLock(world, verb, given, service))
}

/** What looks into an environment. */
function insides(env: Command, world: World): void {
  env
    .command('logs')
    .description('print the log of its newest build, or of one of its services')
    .argument('<environment>', whichHelp)
    .option('-f, --follow', 'go on while it grows')
    .option('--build <number>', 'another build than the newest')
    .option('-s, --service <name>', 'what this service prints')
    .addHelpText('after', example('qaack env logs -f shop/main', 'qaack env logs shop/main --service db'))
    .action((given: string, options: { follow?: boolean; build?: string; service?: string }) =>
      logs(world, given, options),
    )
  env
    .command('exec')
    .description('run a command in one of its services; exit code 1 if it fails')
    .argument('<environment>', whichHelp)
    .argument(
      '<command...>',
      'one argument is a line for the shell; several are a program and its arguments, best after --',
    )
    .option('-s, --service <name>', 'in this service (default: its default one)')
    .addHelpText(
      'after',
      example(
        'qaack env exec shop/main -- ls -la',
        `qaack env exec shop/main -s db "psql shop -c 'select 1'"`,
      ),
    )
    .action((given: string, command: string[], options: { service?: string }) =>
      exec(world, given, command, options),
    )
  env
    .command('action')
    .description('run a quick action of its Qaackfile; its text is printed, its file is kept')
    .argument('<environment>', whichHelp)
    .argument('<name>', 'as the Qaackfile calls it')
    .option('--out <file>', 'where its output is kept; - is stdout (default: the name that the file has)')
    .addHelpText(
      'after',
      example('qaack env action shop/main cache-clear', 'qaack env action shop/main dump --out shop.sql'),
    )
    .action((given: string, name: string, options: { out?: string }) => action(world, given, name, options))
  env
    .command('open')
    .description('print its address, and open it where there is a browser')
    .argument('<environment>', whichHelp)
    .addHelpText('after', example('qaack env open shop/main'))
    .action((given: string) => open(world, given))
}

function following(command: Command): Command {
  return command
    .option('-f, --follow', 'print the log while it is built; the exit code tells how it ended')
    .option('-w, --wait', 'wait until it is built; the exit code tells how it ended')
}
