/**
 * One entry of a tar archive. Paths and link targets are bytes, one character each ("latin1"): names in git need not be
 * UTF-8, and must come out as they went in. That is why no library is used here.
 */
export interface TarEntry {
  type: 'file' | 'directory' | 'symlink'
  /** Without a slash at the end. */
  path: string
  mode: number
  /** Bytes of content that follow the header. */
  size: number
  /** Seconds since 1970. */
  mtime: number
  /** Where a symlink points to; else empty. */
  target: string
}

export interface Owner {
  uid: number
  gid: number
}

const block = 512
/** Largest number that fits into eleven octal digits. */
const maxOctal = 0o77777777777

export const endOfTar = Buffer.alloc(2 * block)

/** Bytes of a path or content as text of one character per byte. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** Zeros that fill the last block of content. */
export function padding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block)
}

/** A whole entry with its content. */
export function tarFile(
  entry: Omit<TarEntry, 'size' | 'type' | 'target'>,
  content: Buffer,
  owner: Owner,
): Buffer {
  const header = tarHeader({ ...entry, type: 'file', target: '', size: content.length }, owner)
  return Buffer.concat([header, content, padding(content.length)])
}

export function tarHeader(entry: TarEntry, owner: Owner): Buffer {
  const name = entry.type === 'directory' ? `${entry.path}/` : entry.path
  const split = splitName(name)
  const extended = [
    split ? '' : paxRecord('path', name),
    entry.target.length > 100 ? paxRecord('linkpath', entry.target) : '',
    entry.size > maxOctal ? paxRecord('size', String(entry.size)) : '',
    owner.uid > 0o7777777 ? paxRecord('uid', String(owner.uid)) : '',
    owner.gid > 0o7777777 ? paxRecord('gid', String(owner.gid)) : '',
  ].join('')
  const { prefix, rest } = split ?? { prefix: '', rest: name.slice(0, 100) }
  const header = rawHeader({ name: rest, prefix, flag: flags[entry.type], ...entry }, owner)
  if (extended === '') return header
  const facts = {
    name: 'pax',
    prefix: '',
    flag: 'x',
    mode: 0o644,
    size: extended.length,
    mtime: entry.mtime,
    target: '',
  }
  return Buffer.concat([
    rawHeader(facts, owner),
    Buffer.from(extended, 'latin1'),
    padding(extended.length),
    header,
  ])
}

const flags: Record<TarEntry['type'], string> = { file: '0', directory: '5', symlink: '2' }

/** As ustar keeps a path: up to 100 bytes, and up to 155 more before a slash. */
function splitName(name: string): { prefix: string; rest: string } | undefined {
  if (name.length <= 100) return { prefix: '', rest: name }
  const slash = name.lastIndexOf('/', 155)
  const rest = name.slice(slash + 1)
  return slash > 0 && rest.length > 0 && rest.length <= 100
    ? { prefix: name.slice(0, slash), rest }
    : undefined
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const body = ` ${key}=${value}\n`
  let length = body.length
  while (length !== body.length + String(length).length) length = body.length + String(length).length
  return `${length}${body}`
}

interface RawHeader {
  name: string
  prefix: string
  flag: string
  mode: number
  size: number
  mtime: number
  target: string
}

function rawHeader(facts: RawHeader, owner: Owner): Buffer {
  const header = Buffer.alloc(block)
  header.write(facts.name, 0, 100, 'latin1')
  octal(header, 100, 8, facts.mode & 0o7777)
  octal(header, 108, 8, Math.min(owner.uid, 0o7777777))
  octal(header, 116, 8, Math.min(owner.gid, 0o7777777))
  octal(header, 124, 12, facts.size > maxOctal ? 0 : facts.size)
  octal(header, 136, 12, Math.max(0, facts.mtime))
  header.write(facts.flag, 156, 'latin1')
  header.write(facts.target.slice(0, 100), 157, 100, 'latin1')
  header.write('ustar\x0000', 257, 'latin1')
  header.write(facts.prefix, 345, 155, 'latin1')
  header.fill(' ', 148, 156)
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}

function octal(header: Buffer, at: number, length: number, value: number): void {
  header.write(value.toString(8).padStart(length - 1, '0'), at, length - 1, 'latin1')
}
