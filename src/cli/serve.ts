import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import { messageOf } from '../errors.ts'

/** `qaack serve`: the service, until SIGTERM or SIGINT; a second signal ends it at once. */
export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('run the service')
    .option('--config <file>', 'settings file (default: qaackd.yaml in the working directory)')
    .option('--host <address>', 'address to listen on')
    .option('--port <number>', 'port to listen on')
    .option('--base-url <url>', 'scheme, base domain and port of every address')
    .option('--data-dir <folder>', 'where everything is kept')
    .addHelpText('after', '\nExample:\n  qaack serve --port 8080 --base-url https://previews.example.org')
    .action(serve)
}

interface ServeFlags {
  config?: string
  host?: string
  port?: string
  baseUrl?: string
  dataDir?: string
}

async function serve(flags: ServeFlags): Promise<void> {
  const { config: file, ...settings } = flags
  const config = loadConfig({
    ...(file === undefined ? {} : { file }),
    env: process.env,
    flags: settings,
    cwd: process.cwd(),
  })
  // For which no help text, and no fault in the settings, has to wait.
  const { startService } = await import('../main.ts')
  const service = await startService(config, { environment: process.env })
  process.stdout.write(`Qaack answers at ${service.address}\n`)
  process.stdout.write(
    `The admin token is ${config.adminToken === null ? `in ${config.dataDir}/admin-token` : 'the one of the settings'}\n`,
  )
  await firstSignal()
  process.stderr.write(
    'stopping: builds that run begin again at the next start; a second signal ends at once\n',
  )
  void firstSignal().then(() => process.exit(1))
  await service.stop().catch((error: unknown) => {
    process.stderr.write(`not stopped cleanly: ${messageOf(error)}\n`)
    process.exitCode = 1
  })
  process.exit()
}

/** Resolves at the next SIGTERM or SIGINT. */
export function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      process.off('SIGTERM', end)
      process.off('SIGINT', end)
      resolve()
    }
    process.on('SIGTERM', end)
    process.on('SIGINT', end)
  })
}
