import { execFileSync } from 'node:child_process'
import { basename, resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { slug, readableName } from '../ids.ts'
import { faultsAsText } from '../qaackfile/faults.ts'
import type { TemplateData } from '../qaackfile/qaackfile.ts'
import { renderQaackfile } from '../qaackfile/read.ts'
import { sample } from '../qaackfile/sample.ts'
import type { RefType } from '../repositories/repository.ts'
import { example } from './connect.ts'
import { readSource } from './qaackfile-source.ts'
import { CliFailure } from './terminal/failure.ts'
import { say, show, type World } from './terminal/world.ts'

const repositoryTypes = ['generic', 'github', 'gitlab', 'bitbucket', 'azure']

/** `qaack render`: the YAML that an environment of a ref would be made from. Needs no server. */
export function renderCommand(program: Command, world: World): void {
  program
    .command('render')
    .description('print a Qaackfile with its templates filled in; needs no server')
    .argument('[dir]', 'the root of a repository, or a Qaackfile', '.')
    .requiredOption('--ref <name>', 'branch, tag or number of the change')
    .addOption(
      new Option('--type <type>', 'what the ref is').choices(['branch', 'tag', 'change']).default('branch'),
    )
    .addOption(
      new Option('--host <type>', 'where the repository lives').choices(repositoryTypes).default('generic'),
    )
    .addHelpText(
      'after',
      example('qaack render --ref main', 'qaack render --ref 7 --type change --host github'),
    )
    .action((given: string, options: Options) => render(world, given, options))
}

interface Options {
  ref: string
  type: RefType
  host: string
}

function render(world: World, given: string, options: Options): void {
  const source = readSource(world.cwd, given)
  const result = renderQaackfile(source, dataFor(resolve(world.cwd, given), options))
  if (!('rendered' in result)) {
    say(world, faultsAsText(result.faults))
    throw new CliFailure('')
  }
  show(world, { file: source.file, rendered: result.rendered }, () => result.rendered)
}

/** What is known of the ref; the rest, such as ids and addresses, is made up. */
function dataFor(dir: string, { ref, type, host }: Options): TemplateData {
  const data = sample(host, type)
  const hash = commitOf(dir, ref) ?? data.Environment.Ref.Hash
  const repository = { ...data.Repository, Name: basename(dir) }
  return {
    ...data,
    Repository: repository,
    Environment: {
      ...data.Environment,
      Name: readableName({ type, name: ref }, repository.Name),
      Ref: { Name: ref, Type: type, Hash: hash, ShortHash: hash.slice(0, 7), Slug: slug(ref) },
      ...(data.Environment.Change ? { Change: { ...data.Environment.Change, Number: ref } } : {}),
    },
  }
}

/** The commit that a ref has in the clone at hand; undefined where there is no such ref, or no clone. */
function commitOf(dir: string, ref: string): string | undefined {
  try {
    const args = ['-C', dir, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}
