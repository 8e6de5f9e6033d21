import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { QaackError } from './errors.ts'

const version = 'v1.'
const ivLength = 12
const tagLength = 16

/** Encrypts `text` with AES-256-GCM, e.g. `v1.Zm9v…`. The same text twice gives two different results. */
export function seal(key: string, text: string): string {
  const iv = randomBytes(ivLength)
  const cipher = createCipheriv('aes-256-gcm', stretch(key), iv)
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return version + Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64url')
}

/** The text that was sealed. QaackError `invalid_config` for another key, `internal` for what was never sealed. */
export function open(key: string, sealed: string): string {
  const bytes = Buffer.from(sealed.slice(version.length), 'base64url')
  if (!sealed.startsWith(version) || bytes.length < ivLength + tagLength) {
    throw new QaackError(
      'internal',
      'A stored secret is not in the form in which secrets are sealed; enter it again.',
    )
  }
  const decipher = createDecipheriv('aes-256-gcm', stretch(key), bytes.subarray(0, ivLength), {
    authTagLength: tagLength,
  })
  decipher.setAuthTag(bytes.subarray(ivLength, ivLength + tagLength))
  try {
    return decipher.update(bytes.subarray(ivLength + tagLength), undefined, 'utf8') + decipher.final('utf8')
  } catch (cause) {
    throw new QaackError(
      'invalid_config',
      'A stored secret does not open with the present secret_key; set the one it was sealed with ' +
        '(QAACK_SECRET_KEY or the file secret-key in data_dir), or enter the secret again.',
      { cause, path: 'secret_key' },
    )
  }
}

let stretched: { key: string; bytes: Buffer } | undefined

/** A key chosen by a person may be short: it is made expensive to guess, and remembered because that takes 50 ms. */
function stretch(key: string): Buffer {
  if (stretched?.key !== key) stretched = { key, bytes: scryptSync(key, 'qaack secrets v1', 32) }
  return stretched.bytes
}

/** A text that flows through in pieces, with every secret in it replaced. */
export interface Mask {
  /** What of the text so far can be shown: all but an end that may be the beginning of a secret. */
  push(chunk: string): string
  /** The rest. The mask can be used again for another text then. */
  flush(): string
}

export const maskText = '***'
const shortestSecret = 4

/**
 * Replaces each secret of at least 4 characters by `***`, in plain form and base64-encoded, URL-encoded or written as
 * a JSON string, wherever the pieces are cut. Secrets that overlap or touch become one `***`.
 */
export function createMask(secrets: string[]): Mask {
  const root = buildAutomaton(new Set(secrets.filter((one) => one.length >= shortestSecret).flatMap(formsOf)))
  let node = root
  let held = ''
  /** Parts of `held` to be masked, as [from, to), in order and apart from each other. */
  let covered: [number, number][] = []
  let lastWasMasked = false

  function push(chunk: string): string {
    const before = held.length
    held += chunk
    for (let at = before; at < held.length; at++) {
      node = step(node, held.charCodeAt(at))
      if (node.longest > 0) cover(at + 1 - node.longest, at + 1)
    }
    return release(held.length - node.undecided)
  }

  function flush(): string {
    const rest = release(held.length)
    node = root
    lastWasMasked = false
    return rest
  }

  function cover(from: number, to: number): void {
    let last = covered.at(-1)
    while (last && last[1] >= from) {
      from = Math.min(from, last[0])
      covered.pop()
      last = covered.at(-1)
    }
    covered.push([from, to])
  }

  function release(end: number): string {
    let shown = ''
    let at = 0
    for (const [from, to] of covered) {
      if (from >= end) break
      if (from > at) shown += held.slice(at, from)
      // A secret may have been shown in part already, as one `***`, when another one began within it.
      if (from > at || !lastWasMasked) shown += maskText
      at = Math.min(to, end)
      lastWasMasked = true
    }
    if (at < end) {
      shown += held.slice(at, end)
      lastWasMasked = false
    }
    held = held.slice(end)
    covered = covered.filter(([, to]) => to > end).map(([from, to]) => [Math.max(0, from - end), to - end])
    return shown
  }

  return { push, flush }
}

/** The ways in which a secret is met in the output of programs. */
function formsOf(secret: string): string[] {
  const plain = secret.toWellFormed()
  const lines = plain.split(/\r?\n/).map((line) => line.trim())
  const forms = [
    secret,
    plain.trim(),
    plain.trim().replace(/\r?\n/g, '\r\n'),
    // Programs print a key line by line, often indented; short lines (`{`, `-----`) would mask half of the log.
    ...lines.filter((line) => line.length >= 8),
    JSON.stringify(plain).slice(1, -1),
    ...urlForms(plain),
    ...base64Forms(Buffer.from(plain)),
  ]
  return forms.filter((form) => form.length >= shortestSecret)
}

function urlForms(text: string): string[] {
  const loose = encodeURIComponent(text)
  const strict = loose.replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
  const form = new URLSearchParams([['', text]]).toString().slice(1)
  return [loose, strict, form].flatMap((one) => [one, one.replace(/%../g, (code) => code.toLowerCase())])
}

/** Also as a part of something larger, e.g. `user:secret`: then it begins at any of three places within a group. */
function base64Forms(bytes: Buffer): string[] {
  const forms = [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    const shared = Math.ceil((shift * 8) / 6)
    const own = Math.floor(((shift + bytes.length) * 8) / 6)
    const inner = whole.slice(shared, own)
    return [inner, whole.slice(shared), ...wrapped(inner, 64), ...wrapped(inner, 76)]
  })
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}

/** The lines of a text that a program breaks after `columns` characters. */
function wrapped(text: string, columns: number): string[] {
  const lines = Array.from({ length: Math.ceil(text.length / columns) }, (_, line) =>
    text.slice(line * columns, (line + 1) * columns),
  )
  return lines.filter((line) => line.length >= 16)
}

/** A state of the search for all forms at once: the longest end of the text that begins a form (Aho and Corasick). */
interface Node {
  next: Map<number, Node> | undefined
  /** The state for the next shorter end that begins a form; the root's is the root. */
  shorter: Node
  /** Length of the longest form that ends here; 0 = none. */
  longest: number
  /** How many characters at the end may still become a form. */
  undecided: number
  depth: number
}

function buildAutomaton(forms: Iterable<string>): Node {
  const root = newNode(undefined, 0)
  for (const form of forms) {
    let node = root
    for (let at = 0; at < form.length; at++) {
      node.next ??= new Map()
      const known = node.next.get(form.charCodeAt(at))
      const next = known ?? newNode(root, at + 1)
      if (!known) node.next.set(form.charCodeAt(at), next)
      node = next
    }
    node.longest = form.length
  }
  linkShorter(root)
  return root
}

function newNode(root: Node | undefined, depth: number): Node {
  const node = { next: undefined, longest: 0, undecided: 0, depth } as unknown as Node
  node.shorter = root ?? node
  return node
}

/** Breadth first: what a node is linked to is nearer to the root, so done before. */
function linkShorter(root: Node): void {
  const queue = [root]
  for (const node of queue) {
    for (const [code, child] of node.next ?? []) {
      if (node !== root) child.shorter = step(node.shorter, code)
      child.longest ||= child.shorter.longest
      child.undecided = child.next ? child.depth : child.shorter.undecided
      queue.push(child)
    }
  }
}

function step(node: Node, code: number): Node {
  for (;;) {
    const next = node.next?.get(code)
    if (next) return next
    if (node.shorter === node) return node
    node = node.shorter
  }
}
