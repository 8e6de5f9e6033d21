import { commands, usageOf, type Command, type KnownCommand } from './command.ts'
import { nearest } from '../qaackfile/nearest.ts'
import { plainLines } from './comment-lines.ts'

export type { Command } from './command.ts'

/** Commands of one comment that are done; one more says that there were more. */
const most = 10

/**
 * The commands of a comment, in order: the lines that begin with `/qaack`, outside of quotes, code and HTML comments.
 * Empty = none of the lines is meant for us.
 */
export function parseComment(text: string): Command[] {
  return atMost(commandsIn(text))
}

/** The commands of an edited comment that it did not have before. Each counts as often as it is written. */
export function commandsAdded(before: string, after: string): Command[] {
  const known = new Map<string, number>()
  for (const command of commandsIn(before)) {
    const key = JSON.stringify(command)
    known.set(key, (known.get(key) ?? 0) + 1)
  }
  const added = commandsIn(after).filter((command) => {
    const key = JSON.stringify(command)
    const left = known.get(key) ?? 0
    known.set(key, left - 1)
    return left <= 0
  })
  return atMost(added)
}

function commandsIn(text: string): Command[] {
  if (!/^ {0,3}\/qaack/im.test(text)) return []
  return plainLines(text).flatMap((line) => {
    const found = /^ {0,3}\/qaack(?:\s+(.*))?$/i.exec(line.trimEnd())
    return found ? [readCommand(line.trim(), found[1] ?? '')] : []
  })
}

function atMost(found: Command[]): Command[] {
  const surplus = found[most]
  if (!surplus) return found
  const line = surplus.name === 'unknown' ? surplus.line : `/qaack ${surplus.name}`
  const why = `a comment may hold at most ${most} commands; put the others, from here on, into a new one`
  return [...found.slice(0, most), { name: 'unknown', line, why }]
}

function readCommand(line: string, rest: string): Command {
  const [word = 'help', ...args] = rest.split(/\s+/).filter((part) => part !== '')
  const name = word.toLowerCase()
  if (!isKnown(name)) {
    const meant = nearest(name, Object.keys(commands))
    const hint = meant === undefined ? '' : `; \`/qaack ${meant}\` was probably meant`
    return unknown(line, `there is no command ${quoted(word)}${hint}`)
  }
  const read = readers[name](args)
  return typeof read === 'string' ? unknown(line, `${read}; it is written \`${usageOf(name)}\``) : read
}

function isKnown(name: string): name is KnownCommand {
  return Object.hasOwn(commands, name)
}

/** From what follows a name to the command, or why not. */
const readers: Record<KnownCommand, (args: string[]) => Command | string> = {
  help: plain('help'),
  url: plain('url'),
  build: plain('build'),
  rebuild: (args) => {
    const wrong = args.find((arg) => arg !== '--clean')
    if (wrong !== undefined) return `rebuild does not know ${quoted(wrong)}`
    return args.length > 1 ? 'rebuild takes --clean once' : { name: 'rebuild', clean: args.length === 1 }
  },
  cancel: plain('cancel'),
  delete: plain('delete'),
  clone: plain('clone'),
  lock: (args) => one('lock', 'the name of a service', args, (service) => ({ name: 'lock', service })),
  unlock: (args) => one('unlock', 'the name of a service', args, (service) => ({ name: 'unlock', service })),
  logs: (args) =>
    args.length === 0
      ? { name: 'logs', service: null }
      : one('logs', 'the name of one service', args, (service) => ({ name: 'logs', service })),
  // Names of actions may have spaces in them.
  run: (args) =>
    args.length === 0
      ? 'run needs the name of a quick action'
      : one('run', 'the name of a quick action', [args.join(' ')], (action) => ({ name: 'run', action })),
  approve: (args) =>
    args.length === 0 ? { name: 'approve', hash: null } : one('approve', 'one commit', args, approve),
}

function plain(name: 'help' | 'url' | 'build' | 'cancel' | 'delete' | 'clone') {
  return (args: string[]): Command | string =>
    args[0] === undefined ? { name } : `${name} takes nothing more, and there is ${quoted(args[0])}`
}

function one(
  name: string,
  what: string,
  [arg, surplus]: string[],
  make: (arg: string) => Command | string,
): Command | string {
  if (arg === undefined) return `${name} needs ${what}`
  if (arg.startsWith('-')) return `${name} does not know ${quoted(arg)}`
  return surplus === undefined ? make(arg) : `${name} takes ${what}, and there is also ${quoted(surplus)}`
}

function approve(hash: string): Command | string {
  return /^[0-9a-f]{7,64}$/i.test(hash)
    ? { name: 'approve', hash: hash.toLowerCase() }
    : `approve takes a commit of at least 7 digits, and ${quoted(hash)} is none`
}

function unknown(line: string, why: string): Command {
  return { name: 'unknown', line, why }
}

/** What a stranger wrote, short, and as code: so it mentions nobody and links nowhere. */
function quoted(word: string): string {
  const text = word.replaceAll('`', '')
  return `\`${text.length > 40 ? `${text.slice(0, 40)}…` : text || ' '}\``
}
