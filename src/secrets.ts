import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { QaackError } from './errors.ts'

const version = 'v1.'
const ivLength = 12
const tagLength = 16

/** Encrypts `text` with AES-256-GCM, e.g. `v1.Zm9v…`. The same text twice gives two different results. */
export function seal(key: string, text: string): string {
  const iv = randomBytes(ivLength)
  const cipher = createCipheriv('aes-256-gcm', stretch(key), iv)
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return version + Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64url')
}

/** The text that was sealed. QaackError `invalid_config` for another key, `internal` for what was never sealed. */
export function open(key: string, sealed: string): string {
  const bytes = Buffer.from(sealed.slice(version.length), 'base64url')
  if (!sealed.startsWith(version) || bytes.length < ivLength + tagLength) {
    throw new QaackError(
      'internal',
      'A stored secret is not in the form in which secrets are sealed; enter it again.',
    )
  }
  const decipher = createDecipheriv('aes-256-gcm', stretch(key), bytes.subarray(0, ivLength), {
    authTagLength: tagLength,
  })
  decipher.setAuthTag(bytes.subarray(ivLength, ivLength + tagLength))
  try {
    return decipher.update(bytes.subarray(ivLength + tagLength), undefined, 'utf8') + decipher.final('utf8')
  } catch (cause) {
    throw new QaackError(
      'invalid_config',
      'A stored secret does not open with the present secret_key; set the one it was sealed with ' +
        '(QAACK_SECRET_KEY or the file secret-key in data_dir). If that key is lost, set or delete each variable that it ' +
        'sealed (which also forgets those that were deleted), and delete the repository and add it again.',
      { cause, path: 'secret_key' },
    )
  }
}

/** Whether it was sealed with this key. */
export function opensWith(key: string, sealed: string): boolean {
  try {
    open(key, sealed)
    return true
  } catch {
    return false
  }
}

/** Bytes of the text that was sealed; no key is needed to know that. */
export function sizeOfSealed(sealed: string): number {
  return Buffer.byteLength(sealed.slice(version.length), 'base64url') - ivLength - tagLength
}

let stretched: { key: string; bytes: Buffer } | undefined

/** A key chosen by a person may be short: it is made expensive to guess, and remembered because that takes 50 ms. */
function stretch(key: string): Buffer {
  if (stretched?.key !== key) stretched = { key, bytes: scryptSync(key, 'qaack secrets v1', 32) }
  return stretched.bytes
}
