import { commands, type Command, type KnownCommand } from './command.ts'

/** Why a person may not give a command, as a sentence in Markdown; undefined if they may. What is no command gets the help. */
export function mayRun(command: Command, mayWrite: boolean): string | undefined {
  if (mayWrite || command.name === 'unknown' || commands[command.name].everybody) return undefined
  const free = (Object.keys(commands) as KnownCommand[]).filter((name) => commands[name].everybody)
  const list = free.map((name) => `\`/qaack ${name}\``).join(' and ')
  return `\`/qaack ${command.name}\` is only for people who may write to this repository; everybody may use ${list}`
}
