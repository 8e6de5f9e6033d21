import type { Command } from 'commander'
import { load } from 'js-yaml'
import { loadConfig } from '../config/load.ts'
import { configAsText } from '../config/print.ts'
import { example } from './connect.ts'
import { show, type World } from './terminal/world.ts'

/** `qaack config`: the settings in force, where each came from, secrets masked. Needs no server. */
export function configCommand(program: Command, world: World): void {
  program
    .command('config')
    .description('print the settings in force; needs no server')
    .option('--config <file>', 'settings file (default: qaackd.yaml in the working directory)')
    .addHelpText('after', example('qaack config', 'QAACK_PORT=8080 qaack config --config /etc/qaackd.yaml'))
    .action((options: { config?: string }) => {
      const file = options.config === undefined ? {} : { file: options.config }
      const config = loadConfig({ ...file, env: world.env, flags: {}, cwd: world.cwd })
      const text = configAsText(config)
      show(world, load(text), () => text)
    })
}
