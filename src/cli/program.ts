import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { World } from './terminal/world.ts'

type Register = (program: Command, world: World) => void

/** Every command, in the order in which the help lists them. Loaded only when asked for: `serve` brings the whole service. */
const commands: Record<string, () => Promise<Register>> = {
  serve: async () => (await import('./serve.ts')).serveCommand,
  up: async () => (await import('./up.ts')).upCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  render: async () => (await import('./render.ts')).renderCommand,
  repo: async () => (await import('./repo.ts')).repoCommand,
  env: async () => (await import('./env.ts')).envCommand,
  variable: async () => (await import('./variable.ts')).variableCommand,
  events: async () => (await import('./events.ts')).eventsCommand,
  receive: async () => (await import('./receive.ts')).receiveCommand,
  token: async () => (await import('./token.ts')).tokenCommand,
  login: async () => (await import('./login.ts')).loginCommand,
  config: async () => (await import('./config.ts')).configCommand,
}

/** The command line for these arguments; commands that they do not name are left out, if they name any. */
export async function createProgram(args: string[], world: World): Promise<Command> {
  const program = new Command('qaack')
    .description('Previews of every branch and change, on plain Docker')
    .version(version(), '-V, --version')
    .addOption(
      new Option('-o, --output <format>', 'form of the result').choices(['text', 'json']).default('text'),
    )
    .option('--debug', 'say more about what goes wrong')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'qaack: ')),
    })
    .showHelpAfterError('Add --help to see how it is used.')
    .exitOverride()
    .hook('preAction', () => {
      world.json = program.opts<{ output: string }>().output === 'json'
    })
    .addHelpText('after', overview)
  for (const name of wanted(args)) (await commands[name]?.())?.(program, world)
  return program
}

/** Those that are named, in whatever place; all, for help and for a word that is none of them. */
function wanted(args: string[]): string[] {
  if (args[0] === '--version' || args[0] === '-V') return []
  const names = Object.keys(commands)
  const named = names.filter((name) => args.includes(name))
  return named.length > 0 ? named : names
}

const overview = `
Example:
  qaack serve                                    in one terminal, then in another:
  qaack repo add shop https://git.example.org/shop.git
  qaack env create shop/main --follow

The server is found by QAACK_URL and QAACK_TOKEN, or by what qaack login kept; else it is the one of this folder
and its settings, http://127.0.0.1:3000 without any. Exit code: 0 done, 1 failed, 2 wrong use.`

function version(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
