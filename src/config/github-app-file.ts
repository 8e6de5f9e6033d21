import { randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { mkdir, open as openFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { QaackError } from '../errors.ts'
import { open, seal } from '../secrets.ts'
import type { GithubConfig } from './config.ts'
import { codeOf, fileFailure, invalidFile, openToOthers } from './data-file.ts'
import { isPrivateKey } from './private-key.ts'

/** The GitHub App that was made from the start page, as far as it is no secret. */
export interface SavedApp {
  appId: number
  slug: string
  name: string
  /** Its public page. */
  url: string
  /** Login of whom it belongs to; null if GitHub did not say. */
  owner: string | null
  gheHost: string | null
  gheProtocol: 'http' | 'https'
}

const savedApp = z.object({
  version: z.literal(1),
  appId: z.number().int().positive(),
  slug: z.string(),
  name: z.string(),
  url: z.string().regex(/^https?:\/\//),
  owner: z.string().nullable(),
  gheHost: z.string().nullable(),
  gheProtocol: z.enum(['http', 'https']),
  privateKey: z.string(),
  webhookSecret: z.string(),
})

/** The file in `dataDir` that holds the app. */
export function appFile(dataDir: string): string {
  return join(dataDir, 'github-app.json')
}

/**
 * The credentials of the saved app; null if none is saved. QaackError `invalid_config` for a file that is damaged, open to
 * others, or was sealed with another secret_key.
 */
export function readSavedApp(dataDir: string, secretKey: string): GithubConfig | null {
  const file = readFile(dataDir)
  if (!file) return null
  const path = appFile(dataDir)
  const { appId, gheHost, gheProtocol } = file
  const [privateKey, webhookSecret] = [file.privateKey, file.webhookSecret].map((sealed) =>
    unseal(path, secretKey, sealed),
  )
  if (!privateKey || !webhookSecret || !isPrivateKey(privateKey)) throw damaged(path)
  return { appId, privateKey, webhookSecret, gheHost, gheProtocol }
}

/** What the saved app is called and where it is; null if none is saved. Needs no key. Errors as of readSavedApp. */
export function describeSavedApp(dataDir: string): SavedApp | null {
  const file = readFile(dataDir)
  if (!file) return null
  const { appId, slug, name, url, owner, gheHost, gheProtocol } = file
  return { appId, slug, name, url, owner, gheHost, gheProtocol }
}

/**
 * Writes the app down, for its owner's eyes only, whole or not at all; what was there before is replaced. QaackError
 * `disk_full`, or `invalid_config` if `dataDir` cannot be written.
 */
export async function saveApp(
  dataDir: string,
  secretKey: string,
  app: SavedApp & Pick<GithubConfig, 'privateKey' | 'webhookSecret'>,
): Promise<void> {
  const sealed = {
    version: 1,
    ...app,
    privateKey: seal(secretKey, app.privateKey),
    webhookSecret: seal(secretKey, app.webhookSecret),
  }
  await write(dataDir, `${JSON.stringify(sealed, undefined, 2)}\n`, (draft) =>
    rename(draft, appFile(dataDir)),
  )
}

/** Tries whether an app could be saved, because GitHub tells its secrets only once. Errors as of saveApp. */
export async function trySaving(dataDir: string): Promise<void> {
  const asLongAsAnApp = 16_384
  await write(dataDir, ' '.repeat(asLongAsAnApp), () => Promise.resolve())
}

/** Removes the saved app. Safe twice. */
export async function forgetApp(dataDir: string): Promise<void> {
  await rm(appFile(dataDir), { force: true }).catch((error: unknown) => {
    throw unwritable(appFile(dataDir), error)
  })
}

function readFile(dataDir: string): z.output<typeof savedApp> | null {
  const path = appFile(dataDir)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return null
    throw fileFailure(path, 'read', error)
  }
  const fault = openToOthers(path, statSync(path).mode)
  if (fault) throw fault
  const read = savedApp.safeParse(parse(text))
  if (!read.success) throw damaged(path)
  return read.data
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unseal(path: string, secretKey: string, sealed: string): string {
  try {
    return open(secretKey, sealed)
  } catch (cause) {
    throw invalidFile(
      `The GitHub App in ${path} was saved with another secret_key, or the file is damaged; set the secret_key it was ` +
        'saved with (QAACK_SECRET_KEY or the file secret-key in data_dir), or delete the file and connect GitHub again.',
      cause,
    )
  }
}

/** Under another name first, so that nobody ever sees half of it; the draft never stays. */
async function write(dataDir: string, text: string, keep: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${appFile(dataDir)}.${randomBytes(6).toString('hex')}`
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    const file = await openFile(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await keep(draft)
  } catch (error) {
    throw unwritable(appFile(dataDir), error)
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

function unwritable(path: string, error: unknown): QaackError {
  return fileFailure(path, 'written', error)
}

function damaged(path: string): QaackError {
  return invalidFile(
    `The file ${path} is damaged; restore a copy of it, or delete it and connect GitHub again.`,
  )
}
