import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { explainFetchError, Unreachable } from './client/explain.ts'
import { findEnvironment } from './client/find.ts'
import type { Http } from './client/http.ts'
import { connect } from './connect.ts'
import { pourLog } from './pour-log.ts'
import { CliFailure, wrongUse } from './terminal/failure.ts'
import { untilInterrupted } from './terminal/interrupt.ts'
import { show, type World } from './terminal/world.ts'

/** `qaack env action`: a quick action of the Qaackfile; its text is printed as it comes, its file is kept. */
export async function action(
  world: World,
  given: string,
  name: string,
  options: { out?: string },
): Promise<void> {
  const http = connect(world)
  const { id } = await findEnvironment(http, given)
  const path = `/api/environment/${id}/action/${encodeURIComponent(name)}`
  await untilInterrupted(async (signal) => {
    const response = await http.open(path, { method: 'POST', signal, headers: { accept: '*/*' } })
    const body = piecesOf(http, name, response, signal)
    if (response.status === 204)
      return show(world, { action: name, output: null }, () => `Quick action ${name} ended well.`)
    const filename = filenameOf(response.headers.get('content-disposition'))
    if (filename !== null || options.out !== undefined)
      return keep(world, name, body, { out: options.out, filename: filename ?? name })
    if (!world.json) return pourLog(world, textOf(body))
    let output = ''
    for await (const text of textOf(body)) output += text
    show(world, { action: name, output }, () => output)
  })
}

/** A file is never written over unless it was named; what did not come whole does not stay. */
async function keep(
  world: World,
  name: string,
  body: AsyncIterable<Uint8Array>,
  { out, filename }: { out: string | undefined; filename: string },
): Promise<void> {
  if (out === '-') {
    if (world.json) throw wrongUse('--out - and -o json both want stdout; name a file after --out')
    return pipeline(Readable.from(body), world.stdout, { end: false })
  }
  const path = resolve(world.cwd, out ?? filename)
  const file = createWriteStream(path, { flags: out === undefined ? 'wx' : 'w' })
  try {
    await pipeline(Readable.from(body), file)
  } catch (error) {
    if (!file.pending) await rm(path, { force: true })
    throw isSystemError(error) ? unwritable(path, error) : error
  }
  show(
    world,
    { action: name, file: path, bytes: file.bytesWritten },
    () => `${path} (${file.bytesWritten} bytes)`,
  )
}

/** The server cuts the connection where an action fails whose output had begun. */
async function* piecesOf(
  http: Http,
  name: string,
  { body }: Response,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body ?? []) yield piece as Uint8Array
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const why = explainFetchError(error, http.server)
    if (!(why instanceof Unreachable)) throw why
    throw new CliFailure(
      `the output of quick action ${name} ended before its time: the action failed, or the server went away; what it said last may tell`,
      { cause: error },
    )
  }
}

async function* textOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const piece of body) yield decoder.decode(piece, { stream: true })
  yield decoder.decode()
}

/** Its last part alone: a server does not choose the folder. null for an answer that is no file. */
function filenameOf(header: string | null): string | null {
  if (header === null) return null
  const [, encoded] = /filename\*=UTF-8''([^;]+)/i.exec(header) ?? []
  const [, plain] = /filename="([^"]*)"/i.exec(header) ?? []
  const name = basename((encoded === undefined ? plain : decoded(encoded)) ?? '').replaceAll('\0', '')
  return ['', '.', '..'].includes(name) ? 'output' : name
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function unwritable(path: string, error: NodeJS.ErrnoException): CliFailure {
  if (error.code === 'EEXIST')
    return new CliFailure(`${path} is there already; name another file with --out, or this one to replace it`)
  return new CliFailure(`${path} cannot be written (${error.code}); name another file with --out`, {
    cause: error,
  })
}
