import { spawn } from 'node:child_process'
import { messageOf } from '../errors.ts'

export interface Ended {
  exitCode: number
  /** Both outputs, as they came. */
  output: string
}

/** Runs a program to its end and gathers what it printed. Throws only if it cannot be started. */
export function runProgram(
  command: string[],
  options: { env?: Record<string, string>; cwd?: string; onOutput?: (text: string) => void } = {},
): Promise<Ended> {
  const [program = '', ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const chunks: string[] = []
    const gather = (text: string) => {
      chunks.push(text)
      options.onOutput?.(text)
    }
    child.stdout.setEncoding('utf8').on('data', gather)
    child.stderr.setEncoding('utf8').on('data', gather)
    child.on('error', (cause) =>
      reject(new Error(`${program} cannot be started: ${messageOf(cause)}`, { cause })),
    )
    child.on('close', (code) => resolve({ exitCode: code ?? 1, output: chunks.join('') }))
  })
}

/** Runs a program that must succeed; the error carries the last lines of its output. */
export async function mustRun(
  command: string[],
  options?: Parameters<typeof runProgram>[1],
): Promise<string> {
  const { exitCode, output } = await runProgram(command, options)
  if (exitCode === 0) return output
  throw new Error(`${command.join(' ')} ended with ${exitCode}. Its last lines:\n${lastLines(output, 15)}`)
}

export async function isInstalled(program: string): Promise<boolean> {
  return (await runProgram(['sh', '-c', `command -v "$1"`, 'sh', program])).exitCode === 0
}

/**
 * How a command is run as root here: as it is, or by sudo, which asks for a password only where there is a terminal.
 * undefined = this user cannot become root.
 */
export async function rootPrefix(): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return []
  if (!(await isInstalled('sudo'))) return undefined
  if ((await runProgram(['sudo', '-n', 'true'])).exitCode === 0) return ['sudo', '-n']
  return process.stdin.isTTY ? ['sudo'] : undefined
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}
