import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
export function ownKeyFiles(home = userInfo().homedir): string[] {
  return usualKeys.map((name) => join(home, '.ssh', name)).filter((file) => existsSync(file))
}

/** A private key in a folder that only this user may look into, for as long as one command runs. */
export function lendKey(key: string): { file: string; takeBack: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'qaack-key-'))
  const file = join(folder, 'key')
  writeFileSync(file, key, { mode: 0o600 })
  return { file, takeBack: () => rmSync(folder, { recursive: true, force: true }) }
}

/** As the configuration of ssh has it: `%` begins a token there, and spaces separate. */
function word(path: string): string {
  const text = path.replaceAll('%', '%%')
  return /\s/.test(text) ? `"${text}"` : text
}

function shellQuoted(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
