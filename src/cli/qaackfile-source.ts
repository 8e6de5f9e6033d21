import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chooseFile, qaackfilePaths } from '../qaackfile/locate.ts'
import type { Source } from '../qaackfile/read.ts'
import { CliFailure } from './terminal/failure.ts'

/** The Qaackfile that a file or a folder means, named in faults as the person would open it. */
export function readSource(cwd: string, given: string): Source {
  const path = resolve(cwd, given)
  if (!existsSync(path))
    throw new CliFailure(`there is no ${given}; name a Qaackfile or a folder that has one`)
  if (!statSync(path).isDirectory()) return { file: given, text: readText(path) }
  const chosen = chooseFile(qaackfilePaths.filter((file) => existsSync(join(path, file))))
  if ('message' in chosen)
    throw new CliFailure(given === '.' ? chosen.message : `in ${given} ${chosen.message}`)
  return { file: join(given, chosen.file), text: readText(join(path, chosen.file)) }
}

/** Bytes that are read of a repository's, too; what is longer, or has no end, is no Qaackfile. */
const most = 1024 * 1024

function readText(path: string): string {
  const buffer = Buffer.alloc(most + 1)
  let length = 0
  try {
    const file = openSync(path, 'r')
    for (let read = -1; read !== 0 && length <= most; length += read)
      read = readSync(file, buffer, { offset: length })
    closeSync(file)
  } catch (cause) {
    throw new CliFailure(`${path} cannot be read; make it readable for you`, { cause })
  }
  if (length > most) throw new CliFailure(`${path} has more than 1 MiB, or no end; name a Qaackfile`)
  return buffer.toString('utf8', 0, length)
}
