import { createHash } from 'node:crypto'

/** A file that git tracks, as its index keeps it. */
export interface IndexEntry {
  /** One character per byte. */
  path: string
  /** As in a tree, e.g. 0o100644. */
  mode: number
  hash: string
  /** Seconds since 1970 and bytes of the file in place; both 0 = not known, git compares the content then. */
  mtime: number
  size: number
}

/**
 * The content of `.git/index` (version 2) for these files, in the order of their paths' bytes. Times and sizes are filled
 * in so that git sees at a glance that nothing was changed; the rest of what it could compare is not known before the
 * files are in place, so the repository is told to compare only these (`core.checkStat`, `core.trustctime`).
 */
export function indexFile(entries: IndexEntry[], algorithm: 'sha1' | 'sha256' = 'sha1'): Buffer {
  const hashLength = algorithm === 'sha256' ? 32 : 20
  const header = Buffer.alloc(12)
  header.write('DIRC', 'latin1')
  header.writeUInt32BE(2, 4)
  header.writeUInt32BE(entries.length, 8)
  const content = Buffer.concat([header, ...entries.map((entry) => encode(entry, hashLength))])
  const sum = createHash(algorithm).update(content).digest()
  return Buffer.concat([content, sum])
}

function encode({ path, mode, hash, mtime, size }: IndexEntry, hashLength: number): Buffer {
  const fixed = 40 + hashLength + 2
  const bytes = Buffer.alloc((fixed + path.length + 8) & ~7)
  bytes.writeUInt32BE(mtime >>> 0, 8)
  bytes.writeUInt32BE(mode, 24)
  bytes.writeUInt32BE(size >>> 0, 36)
  bytes.write(hash, 40, 'hex')
  bytes.writeUInt16BE(Math.min(path.length, 0xfff), 40 + hashLength)
  bytes.write(path, fixed, 'latin1')
  return bytes
}
