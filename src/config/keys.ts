import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { QaackError } from '../errors.ts'
import { isId, newId } from '../ids.ts'
import type { Config } from './config.ts'
import { codeOf, fileFailure, invalidFile, openToOthers } from './data-file.ts'

export interface Secrets {
  adminToken: string
  secretKey: string
  /** Name of this installation on an engine, which it may share with others. */
  instance: string
}

/**
 * The secrets of this installation: as set, else from their files in `dataDir`, made at the first start. Several
 * processes may do so at once; all get the same.
 *
 * Errors: QaackError `invalid_config` for a file that is damaged, open to others, or cannot be read or made;
 * `disk_full`.
 */
export async function ensureSecrets(
  config: Pick<Config, 'adminToken' | 'secretKey' | 'dataDir'>,
  dataDir = config.dataDir,
): Promise<Secrets> {
  const newSecret = () => randomBytes(32).toString('base64url')
  return {
    adminToken: config.adminToken ?? (await ensure(join(dataDir, 'admin-token'), newSecret, isVisible)),
    secretKey: config.secretKey ?? (await ensure(join(dataDir, 'secret-key'), newSecret, isVisible)),
    instance: await ensure(join(dataDir, 'instance'), newId, isId),
  }
}

function isVisible(text: string): boolean {
  return /^[\x21-\x7e]{16,}$/.test(text)
}

async function ensure(
  path: string,
  create: () => string,
  isRight: (text: string) => boolean,
): Promise<string> {
  try {
    return await read(path, isRight)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw failure(path, error)
  }
  try {
    await make(path, create())
    return await read(path, isRight)
  } catch (error) {
    throw failure(path, error)
  }
}

/**
 * Written under another name first and then linked, which fails if the file is there: nobody ever sees half of it, and
 * of two processes at once the second takes what the first has made.
 */
async function make(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${text}\n`)
    await file.sync()
    await link(draft, path).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  } finally {
    await file.close()
    await rm(draft, { force: true })
  }
}

async function read(path: string, isRight: (text: string) => boolean): Promise<string> {
  const text = (await readFile(path, 'utf8')).trim()
  if (!isRight(text)) {
    throw invalidFile(
      `The file ${path} is damaged; restore a copy of it, or delete it to have a new one made.`,
    )
  }
  const open = openToOthers(path, (await stat(path)).mode)
  if (open) throw open
  return text
}

function failure(path: string, error: unknown): QaackError {
  return error instanceof QaackError ? error : fileFailure(path, 'read or made', error)
}
