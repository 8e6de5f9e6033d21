import type { Readable } from 'node:stream'
import type { ExecSpec } from '../engine.ts'
import type { Connection } from './connection.ts'
import { frames } from './frames.ts'

/** Runs a small command of ours and returns what it says; undefined if it cannot be run or does not end well. */
export async function ask(
  connection: Connection,
  id: string,
  command: string[],
  user?: string,
): Promise<string | undefined> {
  const said: Buffer[] = []
  const spec: ExecSpec = {
    command,
    onOutput: (chunk) => said.push(chunk),
    ...(user === undefined ? {} : { user }),
  }
  try {
    await follow(connection, await begin(connection, id, spec), spec)
    return Buffer.concat(said).toString('utf8')
  } catch {
    return undefined
  }
}

/** Makes a command ready to run, with an input if it is told so, and returns the engine's id of it. */
export async function begin(
  connection: Connection,
  id: string,
  spec: ExecSpec,
  { input = false } = {},
): Promise<string> {
  const made = await connection.call(
    'run a command',
    (docker, abortSignal) =>
      docker.getContainer(id).exec({
        Cmd: inOrder(spec.command),
        Env: Object.entries(spec.variables ?? {}).map(([name, value]) => `${name}=${value}`),
        AttachStdin: input,
        AttachStdout: true,
        AttachStderr: true,
        ...(spec.user === undefined ? {} : { User: spec.user }),
        ...(spec.workdir === undefined ? {} : { WorkingDir: spec.workdir }),
        abortSignal,
      }),
    { signal: spec.signal },
  )
  return made.id
}

/**
 * Standard output and error travel by two pipes, and the engine mixes up which was first. A shell can send both down one
 * before it becomes itself again; other programs are left alone, there may be no shell beside them.
 */
function inOrder(command: string[]): string[] {
  const [program = '', option] = command
  if (option !== '-c' || !/(^|\/)(ba|da|a|k|mk|z)?sh$/.test(program)) return command
  return [program, '-c', 'exec "$0" "$@" 2>&1', ...command]
}

/** Runs it, passes its output on, and returns its exit code. */
export async function follow(connection: Connection, execId: string, spec: ExecSpec): Promise<number> {
  const signal = spec.signal ?? new AbortController().signal
  const output = (await connection.stream(
    'run a command',
    (docker, abortSignal) => docker.getExec(execId).start({ abortSignal }),
    signal,
  )) as Readable
  try {
    for await (const chunk of frames(output)) await spec.onOutput?.(chunk)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
  return ended(connection, execId, signal)
}

/** A command may close its output and go on; also, the engine knows the exit code a moment later than its output ends. */
export async function ended(connection: Connection, execId: string, signal: AbortSignal): Promise<number> {
  for (let pause = 5; ; pause = Math.min(pause * 2, 500)) {
    const state = await connection.call(
      'tell how a command ended',
      (docker, abortSignal) => docker.getExec(execId).inspect({ abortSignal }),
      { signal },
    )
    if (!state.Running) return state.ExitCode ?? 0
    await connection.clock.sleep(pause, signal)
  }
}
