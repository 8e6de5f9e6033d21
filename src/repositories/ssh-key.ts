import { generateKeyPair, type JsonWebKey } from 'node:crypto'
import { promisify } from 'node:util'
import { isQaackError } from '../errors.ts'
import { slug } from '../ids.ts'
import type { Parts } from '../parts.ts'
import { open, seal } from '../secrets.ts'
import type { WorkloadFile } from '../workloads/workload.ts'
import type { RepositoryRecord, SshKey } from './repository.ts'
import { saveRepository } from './save.ts'

const generate = promisify(generateKeyPair)

/** A pair in clear. RSA, in the forms that every ssh reads: PKCS#1 and `ssh-rsa`. It takes seconds, in a thread of its own. */
export async function makeKeyPair(comment: string, bits = 4096): Promise<SshKey> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: bits })
  return {
    public: `ssh-rsa ${blobOf(publicKey.export({ format: 'jwk' }))} ${comment}`,
    private: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  }
}

/** Gives a new repository its key, beside whatever it is added by; one that is deleted meanwhile needs none. */
export function makeSshKeyBeside(parts: Parts, repository: RepositoryRecord): void {
  parts.background.run(`SSH key of repository ${repository.id}`, () =>
    withSshKey(parts, repository).then(
      () => undefined,
      (error: unknown) => {
        if (!isQaackError(error, 'not_found')) throw error
      },
    ),
  )
}

/** The repository with its key, which is made if there is none. Safe at once: the first one that is written counts. */
export async function withSshKey(parts: Parts, repository: RepositoryRecord): Promise<RepositoryRecord> {
  if (repository.sshKey) return repository
  const { id, name } = repository
  return parts.background.inTurn(`SSH key ${id}`, async () => {
    const now = await parts.store.get('repository', id)
    if (now?.sshKey) return now
    const pair = await (parts.makeKeyPair ?? makeKeyPair)(`qaack-${slug(name) || id}`)
    const sshKey = { ...pair, private: seal(parts.secretKey, pair.private) }
    return saveRepository(parts, id, (record) => ({ ...record, sshKey: record.sshKey ?? sshKey }))
  })
}

/** The key as a service finds it. Only for code that nobody untrusted had a hand in. */
export function sshFiles(secretKey: string, { sshKey }: Pick<RepositoryRecord, 'sshKey'>): WorkloadFile[] {
  if (!sshKey) return []
  return [
    { path: '/root/.ssh/id_rsa', content: open(secretKey, sshKey.private), mode: 0o600, secret: true },
    { path: '/root/.ssh/id_rsa.pub', content: `${sshKey.public}\n`, mode: 0o644 },
    { path: '/root/.ssh/config', content: 'StrictHostKeyChecking no\n', mode: 0o600 },
  ]
}

/** The public key as ssh writes it (RFC 4253, 6.6). */
function blobOf({ e = '', n = '' }: JsonWebKey): string {
  return Buffer.concat([
    field(Buffer.from('ssh-rsa')),
    ...[e, n].map((one) => field(positive(Buffer.from(one, 'base64url')))),
  ]).toString('base64')
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** A number whose first bit is set would be read as a negative one. */
function positive(bytes: Buffer): Buffer {
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes
}
