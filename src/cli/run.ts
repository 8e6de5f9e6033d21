import { CommanderError } from 'commander'
import { createProgram } from './program.ts'
import { describeFailure, type ExitCode } from './terminal/failure.ts'
import { processWorld, type World } from './terminal/world.ts'

/** Runs the command line as this process; the exit code is set, and the process ends once nothing is left to do. */
export async function runProcess(args: string[]): Promise<void> {
  const world = processWorld()
  endWithReader(world)
  const exitCode = await run(args, world)
  // `serve` may have set a code of its own.
  if (exitCode !== 0) process.exitCode = exitCode
}

/** Runs one command; what went wrong is said on stderr. */
export async function run(args: string[], world: World): Promise<ExitCode> {
  try {
    const program = await createProgram(args, world)
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    // Commander has said already what it did not like; help and version that were asked for are no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const { text, exitCode } = describeFailure(error, args.includes('--debug'))
    if (text !== '') world.stderr.write(`${text}\n`)
    return exitCode
  }
}

/** Who reads our output may stop when they have seen enough (`| head`); that is no error, and nothing is left to do. */
function endWithReader(world: World): void {
  for (const stream of [world.stdout, world.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit()
      throw error
    })
  }
}
