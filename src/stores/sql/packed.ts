import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** Shorter texts are kept as they are. */
const worthIt = 1024
/** What a packed text begins with, by how its characters were written before. */
const marks = { utf8: 'zstd:', utf16le: 'zstd16:' } as const
/** What zstd makes ready for each call is large by default; for 25 KB this finds as much, in two thirds of the time. */
const quickly = {
  chunkSize: 8 * 1024,
  params: {
    [constants.ZSTD_c_compressionLevel]: 1,
    [constants.ZSTD_c_windowLog]: 15,
    [constants.ZSTD_c_hashLog]: 13,
  },
}

/**
 * A text as it is kept: what git hosts send is JSON of 25 KB that says everything several times. Packed it takes an eighth of
 * that in the store, for a tenth of a millisecond.
 */
export function pack(text: string): string {
  if (text.length < worthIt && !text.startsWith('zstd')) return text
  // UTF-8 has no half of a surrogate pair
  const encoding = text.isWellFormed() ? 'utf8' : 'utf16le'
  return marks[encoding] + zstdCompressSync(Buffer.from(text, encoding), quickly).toString('base64')
}

/** What was given to `pack`. One that was damaged comes as it is kept: whoever reads it says what is wrong. */
export function unpack(kept: string): string {
  for (const [encoding, mark] of Object.entries(marks)) {
    if (!kept.startsWith(mark)) continue
    try {
      const packed = Buffer.from(kept.slice(mark.length), 'base64')
      return zstdDecompressSync(packed).toString(encoding as keyof typeof marks)
    } catch {
      return kept
    }
  }
  return kept
}
