import { systemClock, type Clock } from '../../clock.ts'

/** What a command may touch of the process it runs in. */
export interface World {
  env: Record<string, string | undefined>
  cwd: string
  clock: Clock
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  /** `-o json`: stdout is JSON and nothing else. Set before a command runs. */
  json: boolean
}

export function processWorld(): World {
  return {
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    json: false,
  }
}

/** A result: one line, or several, on stdout. */
export function print(world: World, text: string): void {
  world.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** A remark beside the result, on stderr, so that it is never taken for one. */
export function say(world: World, text: string): void {
  world.stderr.write(`${text}\n`)
}

/** The result of a command in both forms: `text` is only asked for what people read. */
export function show(world: World, value: unknown, text: () => string): void {
  print(world, world.json ? JSON.stringify(value, undefined, 2) : text())
}

/** One item of a result that never ends, as one line in either form. */
export function showLine(world: World, value: unknown, text: () => string): void {
  print(world, world.json ? JSON.stringify(value) : text())
}
