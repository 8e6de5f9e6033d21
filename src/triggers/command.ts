/** What people may ask for in a comment on a change. Arguments are as they were written; nothing says that they exist. */
export type Command =
  | { name: 'help' }
  | { name: 'build' }
  | { name: 'rebuild'; clean: boolean }
  | { name: 'cancel' }
  | { name: 'delete' }
  | { name: 'lock'; service: string }
  | { name: 'unlock'; service: string }
  /** null = the build's own. */
  | { name: 'logs'; service: string | null }
  | { name: 'run'; action: string }
  | { name: 'clone' }
  /** `hash` is at least seven digits, in lower case; null = the commit that the change offers now. */
  | { name: 'approve'; hash: string | null }
  | { name: 'url' }
  /** Begins with our word but is no command. `line` is as it was written, not to be shown as it is; `why` is a sentence in Markdown, without a stop. */
  | { name: 'unknown'; line: string; why: string }

export type KnownCommand = Exclude<Command['name'], 'unknown'>

export interface CommandFacts {
  /** What stands after the name. */
  takes: string
  /** What it does, as half a sentence in Markdown. */
  does: string
  /** Whether people may use it who may not write to the repository. */
  everybody: boolean
}

/** All commands, in the order in which they are shown. */
export const commands: Record<KnownCommand, CommandFacts> = {
  help: { takes: '', does: 'show this list', everybody: true },
  url: { takes: '', does: 'show the addresses of the preview', everybody: true },
  build: { takes: '', does: 'build the preview if it is not built, or not at this commit', everybody: false },
  rebuild: {
    takes: '[--clean]',
    does: 'build it again; with `--clean` from nothing, without anything saved',
    everybody: false,
  },
  cancel: { takes: '', does: 'stop the build that waits or runs', everybody: false },
  delete: { takes: '', does: 'take the preview away', everybody: false },
  clone: { takes: '', does: 'make one more preview of this change', everybody: false },
  lock: {
    takes: 'SERVICE',
    does: 'keep a service as it is: until it is unlocked, the preview is not deleted and rebuilds leave it alone',
    everybody: false,
  },
  unlock: { takes: 'SERVICE', does: 'end that', everybody: false },
  logs: {
    takes: '[SERVICE]',
    does: 'show the end of the log of the build, or of a service',
    everybody: false,
  },
  run: { takes: 'ACTION', does: 'run a quick action of the Qaackfile', everybody: false },
  approve: {
    takes: '[COMMIT]',
    does: 'allow one commit of a fork to be built, by default the one offered now',
    everybody: false,
  },
}

/** How a command is written, e.g. `/qaack lock SERVICE`. */
export function usageOf(name: KnownCommand): string {
  return `/qaack ${name} ${commands[name].takes}`.trimEnd()
}
