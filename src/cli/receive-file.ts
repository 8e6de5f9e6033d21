import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { CliFailure } from './terminal/failure.ts'
import type { World } from './terminal/world.ts'

/** The payload of a delivery in a file, or on stdin for `-`, as JSON text: alone, or as those who record webhooks write it. */
export async function readPayload(world: World, file: string): Promise<string> {
  const where = file === '-' ? 'what came on stdin' : file
  return payloadIn(file === '-' ? await text(world.stdin) : readText(world.cwd, file), where)
}

/** `where` names the text in faults. */
export function payloadIn(text: string, where: string): string {
  const recorded = parse(text, where)
  const given = isRecording(recorded) ? (recorded.payload ?? recorded.body) : recorded
  const payload = typeof given === 'string' ? parse(given, `the payload in ${where}`) : given
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    throw new CliFailure(`${where} is not the payload of a delivery: that is a JSON object`)
  return JSON.stringify(payload)
}

/** Recorders put the payload beside the headers that it came with, or beside what these said. */
function isRecording(value: unknown): value is { payload?: unknown; body?: unknown } {
  if (typeof value !== 'object' || value === null) return false
  const names = Object.keys(value)
  const beside = ['headers', 'event', 'name', 'x-github-event', 'id'].some((name) => names.includes(name))
  return beside && ('payload' in value || 'body' in value) && !names.includes('sender')
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CliFailure(`${where} is not JSON`, { cause })
  }
}

function readText(cwd: string, file: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8')
  } catch (cause) {
    throw new CliFailure(`${file} cannot be read; name a file that holds the payload, or - for stdin`, {
      cause,
    })
  }
}
