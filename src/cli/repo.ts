import { Option, type Command } from 'commander'
import { findRepository } from './client/find.ts'
import { connect, example } from './connect.ts'
import { add } from './repo-add.ts'
import { sourceOf, type AddOptions } from './repo-source.ts'
import { list, show as showOne } from './repo-list.ts'
import { rename } from './repo-rename.ts'
import { settings } from './repo-settings.ts'
import { sync } from './repo-sync.ts'
import { token } from './repo-token.ts'
import { ttlOf } from './terminal/durations.ts'
import { CliFailure } from './terminal/failure.ts'
import { confirm } from './terminal/prompt.ts'
import { show, type World } from './terminal/world.ts'

const whichHelp = 'its id or name'

/** `qaack repo`: where the code comes from. */
export function repoCommand(program: Command, world: World): void {
  const repo = program
    .command('repo')
    .description('repositories: where the code comes from')
    .addHelpText('after', example('qaack repo add shop https://git.example.org/shop.git', 'qaack repo list'))
  repo
    .command('add')
    .description('add a repository and read its refs')
    .argument('[name]', 'how it is called here; of a project at GitLab its own name, if left out')
    .argument('[origin]', 'http(s) or ssh address, user@host:path, or a path on the machine of the server')
    .option('-g, --group <group>', 'group it belongs to', 'default')
    .option('--username <name>', 'for an http(s) address that wants one')
    .option('--password-stdin', 'read the password or access token from stdin')
    .option('--github', 'the origin is a repository at GitHub, as owner/name or by its address')
    .option(
      '--gitlab <project>',
      'instead of an origin: a project at GitLab, as group/name or by its address',
    )
    .option(
      '--instance-url <address>',
      'the GitLab that has the project (default: of the server, or gitlab.com)',
    )
    .option('--token <token>', 'access token for GitHub or GitLab; --password-stdin keeps it out of sight')
    .addOption(
      new Option(
        '--ttl <time>',
        'how long its environments live, e.g. 8h, 3d; 0 = as the server says',
      ).argParser(ttlOf),
    )
    .addHelpText(
      'after',
      example(
        'qaack repo add shop https://git.example.org/shop.git',
        'qaack repo add shop https://git.example.org/shop.git --username ci --password-stdin < token',
        'qaack repo add shop acme/shop --github --password-stdin < token',
        'qaack repo add --gitlab acme/web/shop --password-stdin < token',
        'qaack repo add --gitlab acme/shop --instance-url https://git.example.org --password-stdin < token',
      ),
    )
    .action((name: string | undefined, origin: string | undefined, options: AddOptions) =>
      add(world, sourceOf(name, origin, options), options),
    )
  repo
    .command('list')
    .description('list repositories')
    .addHelpText('after', example('qaack repo list', 'qaack repo list -o json'))
    .action(() => list(world))
  repo
    .command('show')
    .description('show a repository with its refs')
    .argument('<repository>', whichHelp)
    .addHelpText('after', example('qaack repo show shop'))
    .action((given: string) => showOne(world, given))
  repo
    .command('settings')
    .description('show settings of a repository, or change those that are named')
    .argument('<repository>', whichHelp)
    .argument(
      '[key=value...]',
      'dotted names; lists with commas, or in JSON; qaackFile.qaackFile=@FILE reads a file',
    )
    .addHelpText(
      'after',
      example(
        'qaack repo settings shop',
        'qaack repo settings shop environmentTTL=8h webhook.exclude=dependabot/*,tmp-*',
        'qaack repo settings shop webhook.paths=web/*,api/* webhook.labels=preview report.check=false',
        'qaack repo settings shop scheduledRebuild.mode=reusables scheduledRebuild.hour=03:00  # in UTC',
        'qaack repo settings shop limits.memory=512m limits.cpus=0.5 rebuild=replace',
      ),
    )
    .action((given: string, pairs: string[]) => settings(world, given, pairs))
  repo
    .command('sync')
    .description('look at its git refs now')
    .argument('<repository>', whichHelp)
    .addHelpText('after', example('qaack repo sync shop'))
    .action((given: string) => sync(world, given))
  repo
    .command('rename')
    .description('give it another name; readable addresses that previews have stay')
    .argument('<repository>', whichHelp)
    .argument('<name>', 'how it is called from now on')
    .addHelpText('after', example('qaack repo rename shop old-shop', 'qaack repo rename web/shop web-shop'))
    .action((given: string, name: string) => rename(world, given, name))
  repo
    .command('token')
    .description('give it another access token, read from stdin; environments and settings stay')
    .argument('<repository>', whichHelp)
    .addHelpText('after', example('qaack repo token shop < token'))
    .action((given: string) => token(world, given))
  repo
    .command('delete')
    .description('delete a repository with all its environments')
    .argument('<repository>', whichHelp)
    .option('-y, --yes', 'do not ask; without a terminal nothing is asked in any case')
    .addHelpText('after', example('qaack repo delete shop --yes'))
    .action((given: string, options: { yes?: boolean }) => remove(world, given, options))
}

async function remove(world: World, given: string, options: { yes?: boolean }): Promise<void> {
  const http = connect(world)
  const { id, name, environments } = await findRepository(http, given)
  const used = environments.filter(({ status }) => status !== 'empty').length
  const question = `Delete repository ${name}${used > 0 ? ` with ${used} running ${used === 1 ? 'environment' : 'environments'}` : ''}?`
  if (!options.yes && !(await confirm(world, question))) throw new CliFailure('nothing was deleted')
  await http.json(`/api/repository/${id}`, { method: 'DELETE', patient: true })
  show(world, { id, deleted: true }, () => `Repository ${name} deleted.`)
}
