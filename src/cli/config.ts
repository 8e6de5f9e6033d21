import type { Command } from 'commander'
import { load } from 'js-yaml'
import type { Config } from '../config/config.ts'
import { appFile, describeSavedApp } from '../config/github-app-file.ts'
import { loadConfig } from '../config/load.ts'
import { configAsText } from '../config/print.ts'
import { messageOf } from '../errors.ts'
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
      const text = textOf(config)
      show(world, load(text), () => text)
    })
}

/** With the GitHub App that was made from the start page, which is in force where the settings name none. */
function textOf(config: Config): string {
  if (config.github) return configAsText(config)
  const path = appFile(config.dataDir)
  try {
    const app = describeSavedApp(config.dataDir)
    if (!app) return configAsText(config)
    const { appId, gheHost, gheProtocol } = app
    // Its secrets are sealed, and would be masked.
    const github = { appId, gheHost, gheProtocol, privateKey: 'sealed', webhookSecret: 'sealed' }
    const names = ['app_id', 'private_key', 'webhook_secret', 'ghe_host', 'ghe_protocol']
    const sources = Object.fromEntries(names.map((name) => [`github.${name}`, path]))
    return configAsText({ ...config, github, sources: { ...config.sources, ...sources } })
  } catch (error) {
    return `${configAsText(config)}# github: ${messageOf(error)}\n`
  }
}
