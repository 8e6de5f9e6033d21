import type { Command } from 'commander'
import type { World } from './terminal/world.ts'
import type { UpOptions } from './working-copy.ts'

/** `qaack up`: a preview of a working copy, with no git host and no server. */
export function upCommand(program: Command, world: World): void {
  program
    .command('up [dir]')
    .description('a preview of the working copy as it is, with what is not committed; stays up until Ctrl-C')
    .option('--rm', 'remove the preview on Ctrl-C; without it the next qaack up goes on where this one was')
    .option('--port <number>', 'port to listen on (default: 3000, or a free one)')
    .addHelpText('after', '\nExample:\n  qaack up --rm ~/code/shop')
    .action(async (dir: string | undefined, options: UpOptions) => {
      // It is the whole service, for which no help text has to wait.
      const { previewWorkingCopy } = await import('./working-copy.ts')
      await previewWorkingCopy(world, dir ?? '.', options)
    })
}
