import { tarHeader, type Owner, type TarEntry } from './checkout-tar.ts'

const block = 512

/** More of extended header than any path has: not what git writes. */
const maxExtended = 1024 * 1024

export type Edit = (entry: TarEntry) => TarEntry | undefined

/**
 * Passes a tar stream of `git archive` on, piece by piece, each entry as `edit` returns it (its content stays), without
 * those for which it returns undefined, without the end.
 */
export async function* retar(
  source: AsyncIterable<Buffer>,
  owner: Owner,
  edit: Edit,
): AsyncGenerator<Buffer> {
  const state: State = { left: 0, keep: false, extended: {}, collected: undefined }
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const out: Buffer[] = []
    let at = 0
    while (at < data.length) {
      const used =
        state.left > 0
          ? takeContent(state, data.subarray(at), out)
          : takeHeader(state, data.subarray(at), out, owner, edit)
      if (used === 0) break
      at += used
    }
    rest = data.subarray(at)
    if (out.length > 0) yield Buffer.concat(out)
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

function takeContent(state: State, data: Buffer, out: Buffer[]): number {
  const piece = data.subarray(0, state.left)
  state.left -= piece.length
  if (state.keep) out.push(piece)
  state.collected?.push(piece)
  if (state.left === 0 && state.collected) {
    state.extended = paxRecords(Buffer.concat(state.collected))
    state.collected = undefined
  }
  return piece.length
}

function takeHeader(state: State, data: Buffer, out: Buffer[], owner: Owner, edit: Edit): number {
  if (data.length < block) return 0
  // The end of an archive is zeros.
  if (data[0] === 0) return block
  const flag = String.fromCharCode(data[156] ?? 0)
  const size = state.extended['size'] === undefined ? number(data, 124, 12) : Number(state.extended['size'])
  state.left = Math.ceil(size / block) * block
  state.keep = false
  if (flag === 'x' || flag === 'g') {
    if (flag === 'x' && size > 0 && size <= maxExtended) state.collected = []
    return block
  }
  const edited = edit(read(data, flag, size, state.extended))
  state.extended = {}
  if (!edited) return block
  state.keep = true
  out.push(tarHeader(edited, owner))
  return block
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
