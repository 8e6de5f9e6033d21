import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { QaackError } from '../../errors.ts'
import type { Connection } from './connection.ts'
import { statusOf } from './errors.ts'

/**
 * The directories on the way to `path`, itself included, that a container does not have, outermost first. Only these may
 * be named in an archive: one that names a directory which exists gives it another mode and owner.
 */
export async function missingDirectories(
  connection: Connection,
  id: string,
  path: string,
): Promise<string[]> {
  const missing: string[] = []
  for (const folder of foldersTo(path).reverse()) {
    const found = await look(connection, id, folder)
    if (found === 'directory') break
    if (found === 'other')
      throw new QaackError('engine_failed', `could not make the directory ${path}: a file is in its way`)
    missing.unshift(folder)
  }
  return missing
}

/** `/a/b` -> `/a`, `/a/b`. */
export function foldersTo(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  return names.map((_name, index) => `/${names.slice(0, index + 1).join('/')}`)
}

async function look(
  connection: Connection,
  id: string,
  path: string,
): Promise<'directory' | 'other' | undefined> {
  return connection.call(`look at ${path} in a container`, async (docker, abortSignal) => {
    try {
      // The stroke at the end follows a link to what it points to.
      const answer = (await docker
        .getContainer(id)
        .infoArchive({ path: `${path}/.`, abortSignal })) as Readable & {
        headers: Record<string, string>
      }
      answer.resume()
      await finished(answer)
      return isDirectory(answer.headers['x-docker-container-path-stat'] ?? '') ? 'directory' : 'other'
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      if (statusOf(error) === 400 || statusOf(error) === 500) return 'other'
      throw error
    }
  })
}

/** The engine tells the mode as Go has it, where the highest bit is for directories. */
function isDirectory(stat: string): boolean {
  const { mode } = JSON.parse(Buffer.from(stat, 'base64').toString('utf8')) as { mode: number }
  return mode >= 2 ** 31
}
