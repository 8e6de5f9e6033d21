import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, type Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { run } from '../../../src/cli/run.ts'
import type { World } from '../../../src/cli/terminal/world.ts'
import { systemClock, type Clock } from '../../../src/clock.ts'

const binary = join(import.meta.dirname, '../../../src/cli/qaack.mjs')

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A home and a working directory of its own, where commands are run as a person would. */
export class Person {
  readonly dir = mkdtempSync(join(tmpdir(), 'qaack-person-'))
  readonly env: Record<string, string>

  constructor(env: Record<string, string> = {}) {
    this.env = { PATH: process.env.PATH ?? '', HOME: this.dir, TZ: 'UTC', ...env }
  }

  start(args: string[], env: Record<string, string> = {}): Running {
    const child = spawn(process.execPath, [binary, ...args], {
      cwd: this.dir,
      env: { ...this.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    return new Running(child)
  }

  /** Runs a command to its end; `input` is its stdin. In this process, as starting one takes most of the time; else `asProcess`. */
  async qaack(
    args: string[],
    options: { env?: Record<string, string>; input?: string; clock?: Clock } = {},
  ): Promise<Ended> {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const said = Promise.all([text(stdout), text(stderr)])
    const code = await run(args, {
      env: { ...this.env, ...options.env },
      cwd: this.dir,
      clock: options.clock ?? systemClock,
      stdin: Readable.from([Buffer.from(options.input ?? '')]) as World['stdin'],
      stdout: stdout as unknown as World['stdout'],
      stderr: stderr as unknown as World['stderr'],
      json: false,
    })
    stdout.end()
    stderr.end()
    const [out, err] = await said
    return { code, signal: null, stdout: out, stderr: err }
  }

  /** The same as a process of its own, with all that is before and after a command. */
  async asProcess(args: string[], options: { env?: Record<string, string> } = {}): Promise<Ended> {
    const running = this.start(args, options.env)
    running.child.stdin.end()
    return running.ended
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}

/** A command that runs. */
export class Running {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly ended: Promise<Ended>
  stdout = ''

  constructor(child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.child = child
    // A command that ends early does not read its stdin.
    child.stdin.on('error', () => undefined)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (this.stdout += chunk))
    const stderr = text(child.stderr)
    this.ended = once(child, 'close').then(async ([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: this.stdout,
      stderr: await stderr,
    }))
  }

  /** Resolves as soon as stdout matches; rejects if the command ends before. */
  async prints(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.stdout)) {
      const end = await Promise.race([once(this.child.stdout, 'data').then(() => undefined), this.ended])
      if (end && !pattern.test(this.stdout))
        throw new Error(`ended with ${end.code} before it printed ${pattern}: ${end.stdout}${end.stderr}`)
    }
  }
}

/** Every line as JSON; throws where one is not. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
