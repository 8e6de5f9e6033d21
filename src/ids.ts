import { createHash, randomFillSync } from 'node:crypto'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

const idLength = 10
/** From a secure source, for the next ids: to ask it for each of them takes a thirtieth of what a delivery does. */
const bytes = Buffer.alloc(400 * idLength)
let used = bytes.length

/** Ten characters of `a-z2-7` from a secure source (50 bits), without a dash: environment ids stand in host names. */
export function newId(): string {
  if (used === bytes.length) {
    randomFillSync(bytes)
    used = 0
  }
  let id = ''
  for (const byte of bytes.subarray(used, (used += idLength))) id += alphabet.charAt(byte & 31)
  return id
}

export function isId(text: string): boolean {
  return /^[a-z2-7]{10}$/.test(text)
}

/** One DNS label's worth of readable text: lower case letters, digits and single dashes. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
}

/**
 * The readable host name of a ref's first environment, `<ref>--<repository>`, one DNS label of at most 63 characters;
 * what is too long is cut and gets a hash of the whole instead, so that two long names do not meet.
 */
export function readableName(ref: { type: string; name: string }, repository: string): string {
  const head = ref.type === 'change' ? `pr-${slug(ref.name)}` : slug(ref.name) || 'ref'
  const name = `${head}--${slug(repository) || 'repository'}`
  if (name.length <= 63) return name
  const hash = createHash('sha256').update(`${ref.type}:${ref.name}:${repository}`).digest('hex').slice(0, 8)
  return `${name.slice(0, 54).replace(/-+$/, '')}-${hash}`
}

/** `[NAME]` and `[ALIAS]` in variable names: upper case, every other character than `A-Z0-9` becomes `_`. */
export function variablePart(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '_')
}
