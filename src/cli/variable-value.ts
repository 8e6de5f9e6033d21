import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { CliFailure, wrongUse } from './terminal/failure.ts'
import { askSecret } from './terminal/prompt.ts'
import type { World } from './terminal/world.ts'

/**
 * The value of a variable: as it was given, of a file, typed without echo at a terminal, else all of stdin. The line end that
 * editors and `echo` put behind a text is none of its own; of what becomes a file every byte counts.
 */
export async function valueOf(
  world: World,
  asked: { given: string | undefined; file: string | undefined; isFile: boolean; name: string },
): Promise<string> {
  const { given, file, isFile, name } = asked
  if (given !== undefined && file !== undefined)
    throw wrongUse('a value and --file exclude each other; leave one out')
  if (given !== undefined) return given
  if (file === undefined && world.stdin.isTTY && !isFile) return askSecret(world, `Value of ${name}: `)
  const where = file === undefined ? 'stdin' : resolve(world.cwd, file)
  const text = textOf(file === undefined ? await buffer(world.stdin) : readFile(where), where)
  return isFile ? text : text.replace(/\r?\n$/, '')
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new CliFailure(`${path} cannot be read; name a file after --file`, { cause })
  }
}

function textOf(bytes: Buffer, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new CliFailure(`${where} is no UTF-8 text, which a variable must be; give it as base64`, { cause })
  }
}
