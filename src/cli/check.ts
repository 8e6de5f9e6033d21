import type { Command } from 'commander'
import { faultsAsText } from '../qaackfile/faults.ts'
import { checkQaackfile } from '../qaackfile/read.ts'
import { example } from './connect.ts'
import { readSource } from './qaackfile-source.ts'
import { CliFailure } from './terminal/failure.ts'
import { show, type World } from './terminal/world.ts'

/** `qaack check`: every fault of a Qaackfile, one a line. Needs no server. */
export function checkCommand(program: Command, world: World): void {
  program
    .command('check')
    .description('check a Qaackfile; needs no server')
    .argument('[file|dir]', 'a Qaackfile, or the root of a repository that has one', '.')
    .addHelpText('after', example('qaack check', 'qaack check qaack/qaack.yml -o json'))
    .action((given: string) => check(world, given))
}

function check(world: World, given: string): void {
  const source = readSource(world.cwd, given)
  const { faults } = checkQaackfile(source)
  if (faults.length === 0)
    return show(world, { file: source.file, faults }, () => `${source.file}: no faults`)
  const count = `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`
  show(world, { file: source.file, faults }, () => `${faultsAsText(faults)}\n${count}`)
  throw new CliFailure('')
}
