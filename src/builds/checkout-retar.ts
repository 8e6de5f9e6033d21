import { tarHeader, type Owner, type TarEntry } from './checkout-tar.ts'

const block = 512

/** More of extended header than any path has: not what git writes. */
const maxExtended = 1024 * 1024

export type Edit = (entry: TarEntry) => TarEntry | undefined

/**
 * Passes a tar stream of `git archive` on, piece by piece, each entry as `edit` returns it (its content stays), without
 * those for which it returns undefined, without the end. What passes is changed in place and not copied.
 */
export async function* retar(
  source: AsyncIterable<Buffer>,
  owner: Owner,
  edit: Edit,
): AsyncGenerator<Buffer> {
  const state: State = { left: 0, keep: false, extended: {}, collected: undefined }
  let begun: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    const out = new Pieces(chunk)
    let at = 0
    while (at < chunk.length) {
      if (state.left > 0) {
        const end = Math.min(at + state.left, chunk.length)
        takeContent(state, chunk.subarray(at, end))
        if (state.keep) out.pass(at, end)
        at = end
        continue
      }
      const end = at + block - begun.length
      const part = chunk.subarray(at, end)
      const header: Buffer = begun.length === 0 ? part : Buffer.concat([begun, part])
      begun = header.length < block ? header : Buffer.alloc(0)
      if (header.length === block) {
        const edited = takeHeader(state, header, owner, edit)
        if (edited?.length === part.length) out.replace(at, edited)
        else if (edited) out.insert(edited)
      }
      at = end
    }
    yield* out.all()
  }
}

/** What goes on of one chunk: as few pieces as can be. */
class Pieces {
  readonly #chunk: Buffer
  readonly #pieces: Buffer[] = []
  #from = 0
  #to = 0

  constructor(chunk: Buffer) {
    this.#chunk = chunk
  }

  pass(from: number, to: number): void {
    if (from !== this.#to) this.#close(from)
    this.#to = to
  }

  replace(at: number, bytes: Buffer): void {
    this.#chunk.set(bytes, at)
    this.pass(at, at + bytes.length)
  }

  insert(bytes: Buffer): void {
    this.#close(this.#to)
    this.#pieces.push(bytes)
  }

  all(): Buffer[] {
    this.#close(this.#to)
    return this.#pieces
  }

  #close(next: number): void {
    if (this.#to > this.#from) this.#pieces.push(this.#chunk.subarray(this.#from, this.#to))
    this.#from = next
    this.#to = next
  }
}

interface State {
  /** Bytes of content, with its padding, that are still to come. */
  left: number
  keep: boolean
  /** What an extended header says of the entry after it. */
  extended: Record<string, string>
  collected: Buffer[] | undefined
}

function takeContent(state: State, piece: Buffer): void {
  state.left -= piece.length
  state.collected?.push(piece)
  if (state.left > 0 || !state.collected) return
  state.extended = paxRecords(Buffer.concat(state.collected))
  state.collected = undefined
}

/** The header to go on, or undefined. */
function takeHeader(state: State, header: Buffer, owner: Owner, edit: Edit): Buffer | undefined {
  state.keep = false
  // The end of an archive is zeros.
  if (header[0] === 0) return undefined
  const flag = String.fromCharCode(header[156] ?? 0)
  const size = state.extended['size'] === undefined ? number(header, 124, 12) : Number(state.extended['size'])
  state.left = Math.ceil(size / block) * block
  if (flag === 'x' || flag === 'g') {
    if (flag === 'x' && size > 0 && size <= maxExtended) state.collected = []
    return undefined
  }
  const edited = edit(read(header, flag, size, state.extended))
  state.extended = {}
  if (!edited) return undefined
  state.keep = true
  return tarHeader(edited, owner)
}

function read(header: Buffer, flag: string, size: number, extended: Record<string, string>): TarEntry {
  const prefix = text(header, 345, 155)
  const path = extended['path'] ?? (prefix === '' ? '' : `${prefix}/`) + text(header, 0, 100)
  return {
    type: flag === '5' ? 'directory' : flag === '2' ? 'symlink' : 'file',
    path: path.replace(/\/+$/, ''),
    mode: number(header, 100, 8),
    size,
    mtime: number(header, 136, 12),
    target: extended['linkpath'] ?? text(header, 157, 100),
  }
}

function text(header: Buffer, at: number, length: number): string {
  const field = header.toString('latin1', at, at + length)
  const end = field.indexOf('\0')
  return end < 0 ? field : field.slice(0, end)
}

function number(header: Buffer, at: number, length: number): number {
  return Number.parseInt(text(header, at, length).trim() || '0', 8)
}

/** `<length> <key>=<value>\n`, one after another. */
function paxRecords(bytes: Buffer): Record<string, string> {
  const records: Record<string, string> = {}
  const all = bytes.toString('latin1')
  let at = 0
  while (at < all.length && all[at] !== '\0') {
    const space = all.indexOf(' ', at)
    const length = Number(all.slice(at, space))
    if (space < 0 || !(length > 0)) break
    const record = all.slice(space + 1, at + length - 1)
    records[record.slice(0, record.indexOf('='))] = record.slice(record.indexOf('=') + 1)
    at += length
  }
  return records
}
