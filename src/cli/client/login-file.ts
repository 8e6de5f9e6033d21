import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { CliFailure } from '../terminal/failure.ts'
import type { World } from '../terminal/world.ts'

const loginSchema = z.object({ url: z.string(), token: z.string() })

/** What `qaack login` keeps. */
export type Login = z.infer<typeof loginSchema>

export function loginPath(env: World['env']): string {
  const base = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config')
  return join(base, 'qaack', 'login.json')
}

export function readLogin(env: World['env']): Login | undefined {
  const path = loginPath(env)
  const text = readIfThere(path)
  if (text === undefined) return undefined
  try {
    return loginSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new CliFailure(`${path} is damaged; delete it and run qaack login again`, { cause })
  }
}

/** Readable by nobody else, and never half written. */
export function writeLogin(env: World['env'], login: Login): string {
  const path = loginPath(env)
  const draft = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(draft, `${JSON.stringify(login, undefined, 2)}\n`, { mode: 0o600 })
    chmodSync(draft, 0o600)
    renameSync(draft, path)
  } catch (cause) {
    throw new CliFailure(
      `${path} cannot be written; make its folder writable or set QAACK_URL and QAACK_TOKEN instead`,
      { cause },
    )
  }
  return path
}

/** A file's text; undefined where it is not there or not ours to read. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
