import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { existsSync } from 'node:fs'
import { PassThrough, pipeline, type Readable, type Writable } from 'node:stream'
import type { Clock } from '../clock.ts'
import { messageOf } from '../errors.ts'
import { gitEnvironment } from './git-environment.ts'
import { explain, GitFailure, gitFailure } from './git-failure.ts'
import type { Remote } from './remote.ts'
import { lendKey, ownKeyFiles, removeLentKeys } from './ssh-command.ts'

export interface GitOptions {
  /** The bare repository it works in, absolute. Given as such, never searched for: a damaged mirror below some other
   *  repository must not make git work in that one. */
  gitDir?: string
  /** Only with a remote does git get to any network or other repository. */
  remote?: Remote
  signal?: AbortSignal | undefined
  /** Standard input. */
  input?: string
  /** Seconds until it is killed; 600. */
  seconds?: number
  /** Settings of this call. */
  config?: Record<string, string>
}

/**
 * Runs git, the only place that does. Failures are GitFailure (`git_failed`, `disk_full`) with a sentence; a signal that
 * fires kills git with all its descendants and ends the call with the signal's reason. (Not through simple-git: its text
 * decoding loses file names that are not UTF-8, it has no bound on output, and it refuses the settings that keep the
 * server's own configuration out.)
 */
export interface Git {
  /** Whole standard output; more than `maxBytes` (64 MiB) is an error. */
  run(args: string[], options?: GitOptions & { maxBytes?: number }): Promise<Buffer>
  /** Starts at once; standard output as it comes, and the failure at its end. To stop reading early kills it. */
  stream(args: string[], options?: GitOptions): AsyncIterable<Buffer>
}

export function createGit(options: {
  environment: Readonly<Record<string, string | undefined>>
  clock: Clock
  /** File in which the keys of hosts are kept that are reached by ssh; without it, that of the user. */
  knownHosts?: string
  /** Folder for the private keys of repositories while git uses them, of this process alone; without it, that of the system. */
  lentKeys?: string
}): Git {
  if (options.lentKeys !== undefined) removeLentKeys(options.lentKeys)
  const stream: Git['stream'] = (args, given = {}) => start(options, args, given)
  return {
    stream,
    async run(args, { maxBytes = 64 * 1024 * 1024, ...rest } = {}) {
      const whole = (given: GitOptions) => wholeOf(stream(args, given), args, maxBytes)
      try {
        return await whole(rest)
      } catch (error) {
        const without = withoutKey(rest.remote)
        if (!without || !(error instanceof GitFailure) || error.fault !== 'no-repository') throw error
        return whole({ ...rest, remote: without }).catch(() => {
          rest.signal?.throwIfAborted()
          throw error
        })
      }
    },
  }
}

/**
 * A host believes the first key that it knows, also where that is let into another repository only, and then says that there is
 * none; a key of the server's own may be let into this one.
 */
function withoutKey(remote: Remote | undefined): Remote | undefined {
  if (remote?.key === undefined) return undefined
  const without = { ...remote }
  delete without.key
  return without
}

async function wholeOf(output: AsyncIterable<Buffer>, args: string[], maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of output) {
    size += chunk.length
    if (size > maxBytes)
      throw new GitFailure(
        'other',
        `git ${args[0]} wrote more than ${maxBytes} bytes; the file or list is too big for us`,
      )
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

function start(
  parts: Parameters<typeof createGit>[0],
  args: string[],
  options: GitOptions,
): AsyncIterable<Buffer> {
  const { clock, environment, knownHosts, lentKeys } = parts
  options.signal?.throwIfAborted()
  const { key } = options.remote ?? {}
  const lent = key === undefined || environment['GIT_SSH_COMMAND'] ? undefined : lendKey(key, lentKeys)
  const ssh = { knownHosts, ...(lent ? { identity: lent.file, ownKeys: ownKeyFiles() } : {}) }
  const env = {
    ...gitEnvironment(environment, options.remote, options.config, ssh),
    ...(options.gitDir === undefined ? {} : { GIT_DIR: options.gitDir }),
  }
  // Its own process group, so that helpers and transports of git can be killed with it.
  const child: Child = spawned(args, { cwd: options.gitDir, env }, lent?.takeBack)
  const limit = clock.deadline(
    (options.seconds ?? 600) * 1000,
    gitFailure('timeout', new Error(`git ${args[0]}`)),
    options.signal,
  )
  const kill = () => void killGroup(child, clock)
  limit.signal.addEventListener('abort', kill, { once: true })
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  // Read from the first moment: Node throws away what nobody has begun to read when the process ends.
  const output = pipeline(child.stdout, new PassThrough({ highWaterMark: 256 * 1024 }), () => undefined)
  const stderr = keepTail(child.stderr)
  const ended = endOf(child, options.gitDir).finally(() => {
    limit.clear()
    lent?.takeBack()
  })
  ended.catch(() => undefined)
  return {
    async *[Symbol.asyncIterator]() {
      let done = false
      try {
        for await (const chunk of output) yield chunk as Buffer
        const code = await ended
        done = true
        if (limit.signal.aborted) throw limit.signal.reason
        if (code !== 0) throw explain(args[0] ?? '', stderr(), options.remote?.address.url, options.gitDir)
      } catch (error) {
        if (limit.signal.aborted) throw limit.signal.reason
        throw error
      } finally {
        if (!done) kill()
      }
    },
  }
}

function spawned(
  args: string[],
  given: { cwd: string | undefined; env: Record<string, string> },
  otherwise: () => void = () => undefined,
): Child {
  try {
    return spawn('git', args, { ...given, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  } catch (error) {
    otherwise()
    throw error
  }
}

/** Exit code, -1 for a signal. Rejects if it could not be started. */
function endOf(child: Child, gitDir: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      // A working directory that is not there is told in the same way as a program.
      const gone = gitDir !== undefined && !existsSync(gitDir)
      const missing = messageOf(error).includes('ENOENT') ? 'missing-program' : 'other'
      reject(gitFailure(gone ? 'corrupt' : missing, error))
    })
    child.once('close', (code) => resolve(code ?? -1))
  })
}

/** Asks first: git removes its lock and temporary files then. */
async function killGroup(child: Child, clock: Clock): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return
  const gone = new AbortController()
  child.once('close', () => gone.abort())
  sendSignal(child.pid, 'SIGTERM')
  await clock.sleep(2000, gone.signal)
  if (!gone.signal.aborted) sendSignal(child.pid, 'SIGKILL')
  child.stdout.destroy()
}

function sendSignal(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Keeps the last 16 KiB of what it says. */
function keepTail(stream: Readable): () => string {
  let tail = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => (tail = Buffer.concat([tail, chunk]).subarray(-16_384)))
  stream.on('error', () => undefined)
  return () => tail.toString('utf8')
}
