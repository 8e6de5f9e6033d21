import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'
import { QaackError } from '../errors.ts'
import type { Mask } from '../variables/mask.ts'

/** Bytes that wait for whoever reads; the program stands still then. */
const waitingBytes = 64 * 1024

/** Output of a program on its way to a reader, masked, bounded, and no faster than it is read. */
export interface Outflow {
  readonly pieces: Readable
  /** Resolves when more waits for the reader than fits. */
  readonly full: Promise<void>
  /** Fires when the reader goes away before the end. */
  readonly left: AbortSignal
  write(chunk: Buffer): Promise<void>
  /** There will be nothing more. */
  end(): void
}

/** `tooMuch` is called for each piece beyond `most` bytes, and gives what takes its place; what it throws, `write` throws. */
export function createOutflow(
  mask: Mask<Buffer>,
  most: number,
  tooMuch: (first: boolean) => Buffer,
): Outflow {
  const pieces = new PassThrough({ highWaterMark: waitingBytes })
  const full = Promise.withResolvers<void>()
  const left = new AbortController()
  let bytes = 0
  pieces.once('close', () => left.abort(new QaackError('conflict', 'the caller went away')))

  function bounded(piece: Buffer): Buffer {
    const first = bytes <= most
    const room = Math.max(0, most - bytes)
    bytes += piece.length
    if (piece.length <= room) return piece
    return Buffer.concat([piece.subarray(0, room), tooMuch(first)])
  }

  return {
    pieces,
    full: full.promise,
    left: left.signal,
    async write(chunk) {
      const piece = bounded(mask.push(chunk))
      if (piece.length === 0 || left.signal.aborted || pieces.write(piece)) return
      full.resolve()
      await once(pieces, 'drain', { signal: left.signal }).catch(() => undefined)
    },
    end() {
      if (left.signal.aborted) return
      try {
        const rest = bounded(mask.flush())
        if (rest.length > 0) pieces.write(rest)
      } finally {
        pieces.end()
      }
    },
  }
}
