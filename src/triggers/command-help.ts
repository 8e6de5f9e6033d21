import { commands, usageOf, type KnownCommand } from './command.ts'

/** All commands as Markdown. */
export const commandHelp: string = [
  '| command | does |',
  '| --- | --- |',
  ...(Object.keys(commands) as KnownCommand[]).map(
    (name) => `| \`${usageOf(name)}\` | ${commands[name].does} |`,
  ),
  '',
  'A command stands on a line of its own, outside of quotes and code; several are done one after the other, at most 10 a comment. ' +
    'All but `help` and `url` are for people who may write to the repository.',
  '',
].join('\n')
