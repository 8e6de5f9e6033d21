import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** Where ssh looks for keys of its user as long as nobody names one. */
const usualKeys = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk']

export interface SshOptions {
  /** File of a private key that is tried before the other ones. */
  identity?: string | undefined
  /** Files of the keys that the server's own user has, which ssh would forget when another one is named. */
  ownKeys?: string[]
  /** File in which host keys are kept; those of the user count as well. */
  knownHosts?: string | undefined
}

/**
 * The command by which git gets to ssh addresses: it asks nobody anything, and believes a host at its first sight only. With
 * an `identity` that key is tried beside those that the server has by itself, in files or by an agent.
 */
export function sshCommand({ identity, ownKeys = [], knownHosts }: SshOptions): string {
  const keys = identity === undefined ? [] : [identity, ...ownKeys]
  const known = knownHosts === undefined ? [] : [knownHosts, '~/.ssh/known_hosts', '~/.ssh/known_hosts2']
  return [
    'ssh -oBatchMode=yes -oStrictHostKeyChecking=accept-new -oConnectTimeout=30',
    ...keys.map((file) => shellQuoted(`-oIdentityFile=${word(file)}`)),
    ...(known.length === 0 ? [] : [shellQuoted(`-oUserKnownHostsFile=${known.map(word).join(' ')}`)]),
  ].join(' ')
}

/** Keys of the user that this process runs as. ssh asks the system for the home of that user, not the environment. */
export function ownKeyFiles(home = homeOfUser()): string[] {
  if (home === undefined) return []
  return usualKeys.map((name) => join(home, '.ssh', name)).filter((file) => existsSync(file))
}

/** Undefined for a user that the system does not know, as in a container with any number for one. */
function homeOfUser(): string | undefined {
  try {
    return userInfo().homedir
  } catch {
    return undefined
  }
}

/** A private key in a folder of its own below `place`, that only this user may look into, for as long as one command runs. */
export function lendKey(key: string, place = tmpdir()): { file: string; takeBack: () => void } {
  mkdirSync(place, { recursive: true, mode: 0o700 })
  const folder = mkdtempSync(join(place, 'qaack-key-'))
  const takeBack = () => rmSync(folder, { recursive: true, force: true })
  const file = join(folder, 'key')
  try {
    writeFileSync(file, key, { mode: 0o600 })
  } catch (error) {
    takeBack()
    throw error
  }
  return { file, takeBack }
}

/** What a server that was killed has left there; to be asked before any is lent, by the only one who uses the place. */
export function removeLentKeys(place: string): void {
  rmSync(place, { recursive: true, force: true })
}

/** As the configuration of ssh has it: `%` begins a token there, and spaces separate. */
function word(path: string): string {
  const text = path.replaceAll('%', '%%')
  return /\s/.test(text) ? `"${text}"` : text
}

function shellQuoted(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
