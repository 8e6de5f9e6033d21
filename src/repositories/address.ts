import { posix } from 'node:path'

/** Where a repository is fetched from, without any credentials in it. */
export interface Address {
  kind: 'http' | 'ssh' | 'local'
  /** As git takes it. */
  url: string
  /** Scheme, host and port, e.g. `https://git.example.com`; empty for a local path. Credentials belong to one of these. */
  origin: string
}

export type ParsedAddress = { address: Address; username?: string; password?: string } | { fault: string }

const accepted = 'give http(s)://host/path, ssh://user@host/path, user@host:path or an absolute local path'

/**
 * Reads the address of a repository. User name and password of an http address come apart from it. Refuses everything
 * that git could take for an option or for a transport that runs programs.
 */
export function parseAddress(text: string): ParsedAddress {
  const trimmed = text.trim()
  if (trimmed === '') return { fault: `the address is empty; ${accepted}` }
  // eslint-disable-next-line no-control-regex -- that is what must not be in an address
  if (/[\u0000-\u001f\u007f]/.test(trimmed))
    return { fault: 'the address has control characters in it; remove them' }
  if (/^https?:\/\//i.test(trimmed)) return parseHttp(trimmed)
  if (/^ssh:\/\//i.test(trimmed)) return parseSsh(trimmed)
  if (/^file:\/\/\//i.test(trimmed)) return local(decodeURI(trimmed.slice('file://'.length)))
  if (trimmed.startsWith('/')) return local(trimmed)
  return parseScp(trimmed)
}

function parseHttp(text: string): ParsedAddress {
  const url = URL.parse(text)
  if (!url || url.hostname === '')
    return { fault: `"${withoutCredentials(text)}" is not an address; ${accepted}` }
  const username = decode(url.username)
  const password = decode(url.password)
  url.username = ''
  url.password = ''
  url.hash = ''
  return {
    address: { kind: 'http', url: url.href.replace(/\/+$/, ''), origin: url.origin },
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
  }
}

function parseSsh(text: string): ParsedAddress {
  const url = URL.parse(text)
  if (!url || url.hostname === '' || url.pathname.length < 2)
    return { fault: `"${withoutCredentials(text)}" is not an address; ${accepted}` }
  if (url.password !== '') return { fault: 'ssh takes no password in the address; use a key' }
  if (decode(url.hostname).startsWith('-') || decode(url.username).startsWith('-'))
    return { fault: `host and user must not begin with a dash; ${accepted}` }
  const at = url.username === '' ? '' : `${url.username}@`
  const origin = `ssh://${at}${url.host}`
  return { address: { kind: 'ssh', url: `${origin}${url.pathname}`, origin } }
}

function parseScp(text: string): ParsedAddress {
  const match =
    /^([A-Za-z0-9_.+][A-Za-z0-9_.+-]*)@([A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:]+\]):([^-:].*)$/.exec(text)
  if (!match)
    return { fault: `"${withoutCredentials(text)}" is not an address that we fetch from; ${accepted}` }
  return { address: { kind: 'ssh', url: text, origin: `ssh://${match[1]}@${match[2]}` } }
}

function local(path: string): ParsedAddress {
  return { address: { kind: 'local', url: posix.normalize(path).replace(/(.)\/+$/, '$1'), origin: '' } }
}

/**
 * The address that `text` (of a `.gitmodules` file, thus of a stranger) means inside a repository fetched from `parent`.
 * `./` and `../` are taken from the parent's own address. A local path is only for those whose parent is local.
 */
export function resolveAddress(parent: Address, text: string): Address | { fault: string } {
  const relative = text.startsWith('./') || text.startsWith('../')
  const parsed = parseAddress(relative ? climb(parent, text) : text)
  if ('fault' in parsed) return parsed
  if (parsed.address.kind === 'local' && parent.kind !== 'local')
    return { fault: `"${text}" is a local path; use an http(s) or ssh address` }
  return parsed.address
}

function climb(parent: Address, text: string): string {
  const scp = parent.kind === 'ssh' && !parent.url.startsWith('ssh://')
  const start = scp ? parent.url.indexOf(':') + 1 : parent.origin.length
  // Rooted, so that `..` ends at the host and never eats it.
  const path = posix.join('/', parent.url.slice(start), text)
  return parent.url.slice(0, start) + (scp && parent.url[start] !== '/' ? path.slice(1) : path)
}

/**
 * Whether two addresses lead to one repository of a host that has an API, however they are written: by http or ssh, with user,
 * `.git` and capitals or without. Its port counts only between addresses of one kind.
 */
export function isSamePlace(one: string, other: string): boolean {
  // Lists of thousands are looked through, at webhooks too, and nearly all of them differ in this.
  const [name, otherName] = [lastName(one), lastName(other)]
  if (name !== undefined && otherName !== undefined && name !== otherName) return false
  const [first, second] = [placeOf(one), placeOf(other)]
  if (first.path !== second.path) return false
  return first.kind === second.kind ? first.host === second.host : first.hostname === second.hostname
}

/** What an address ends with, in small letters and without `.git`; undefined where it would have to be read for that. */
function lastName(text: string): string | undefined {
  if (/[%?#\\\s]|\/\.{1,2}\/*$/.test(text)) return undefined
  const path = text
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1)
}

interface Place {
  kind: Address['kind'] | 'other'
  /** With its port, where that is not the usual one. */
  host: string
  hostname: string
  path: string
}

function placeOf(text: string): Place {
  const parsed = parseAddress(text)
  if ('fault' in parsed) return { kind: 'other', host: '', hostname: '', path: text }
  const { kind, url, origin } = parsed.address
  const rest = url.startsWith(origin) ? url.slice(origin.length) : url.slice(url.indexOf(':') + 1)
  const path = rest.replace(/^\/+|\/+$/g, '').replace(/\.git$/i, '')
  if (kind === 'local') return { kind, host: '', hostname: '', path }
  const { hostname = '', port = '' } = URL.parse(origin.toLowerCase()) ?? {}
  const isUsual = port === '' || (kind === 'ssh' && port === '22')
  return { kind, host: isUsual ? hostname : `${hostname}:${port}`, hostname, path: path.toLowerCase() }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** An address as it may be shown. */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, '//')
}
