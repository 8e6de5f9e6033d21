import { createPrivateKey } from 'node:crypto'

/** Whether a text is a private key in PEM form. */
export function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem)
    return true
  } catch {
    return false
  }
}
