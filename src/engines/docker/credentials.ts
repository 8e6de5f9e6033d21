import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { registryOf } from './image-name.ts'

export interface Credentials {
  username: string
  password: string
  serveraddress: string
}

/** Where `docker login` writes. */
export const dockerConfig = join(homedir(), '.docker/config.json')

/**
 * What `docker login` on this machine left for the registry of an image; undefined if nobody logged in there. Read anew
 * each time, so that logging in helps at once. Stores of credentials outside of the file are not asked.
 */
export async function credentialsFor(image: string, file: string): Promise<Credentials | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const config = Config.safeParse(parseJson(text))
  const registry = registryOf(image)
  const key = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry
  const auth = config.data?.auths?.[key]?.auth
  if (!auth) return undefined
  const [username = '', ...password] = Buffer.from(auth, 'base64').toString('utf8').split(':')
  return { username, password: password.join(':'), serveraddress: key }
}

const Config = z.object({ auths: z.record(z.string(), z.object({ auth: z.string().optional() })).optional() })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
