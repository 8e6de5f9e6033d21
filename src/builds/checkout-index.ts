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
  const content = Buffer.alloc(12 + entries.reduce((sum, { path }) => sum + sizeOf(path, hashLength), 0))
  content.write('DIRC', 'latin1')
  content.writeUInt32BE(2, 4)
  content.writeUInt32BE(entries.length, 8)
  let at = 12
  for (const entry of entries) {
    write(content, at, entry, hashLength)
    at += sizeOf(entry.path, hashLength)
  }
  return Buffer.concat([content, createHash(algorithm).update(content).digest()])
}

/** Filled up with at least one zero, to a multiple of eight. */
function sizeOf(path: string, hashLength: number): number {
  return (40 + hashLength + 2 + path.length + 8) & ~7
}

function write(
  content: Buffer,
  at: number,
  { path, mode, hash, mtime, size }: IndexEntry,
  hashLength: number,
): void {
  content.writeUInt32BE(mtime >>> 0, at + 8)
  content.writeUInt32BE(mode, at + 24)
  content.writeUInt32BE(size >>> 0, at + 36)
  content.write(hash, at + 40, 'hex')
  content.writeUInt16BE(Math.min(path.length, 0xfff), at + 40 + hashLength)
  content.write(path, at + 40 + hashLength + 2, 'latin1')
}
