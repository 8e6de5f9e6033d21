/** Characters that a secret must have at least to be looked for: what is shorter is found in every other word. */
export const shortestForm = 4
/** Characters of the longest form. What is longer is looked for piece by piece, so that little is ever held back. */
export const longestForm = 64
/** Characters of such a piece. */
const pieceLength = 32
/** Lines of a secret that are shorter (`{`, `-----`) would hide half of a log. */
const shortestLine = 8

/** In how many ways secrets are met in the output of programs: no form twice, each 4 to 64 characters long. */
export function formsOf(secrets: Iterable<string>): Set<string> {
  const forms = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < shortestForm) continue
    for (const form of allOf(secret)) for (const piece of piecesOf(form, secret)) forms.add(piece)
  }
  return forms
}

function allOf(secret: string): Set<string> {
  const plain = secret.toWellFormed()
  const trimmed = plain.trim()
  const all = [
    withoutLineEnds(secret),
    trimmed,
    trimmed.replace(/\r?\n/g, '\r\n'),
    ...linesOf(plain),
    ...jsonForms(plain),
    withoutLineEnds(plain.replaceAll("'", "'\\''")),
    ...urlForms(plain),
    ...base64Forms(Buffer.from(plain)),
  ]
  return new Set(all.filter((form) => form.length >= shortestForm))
}

/** Else every line end of a log would have to wait for what comes next; it stays where little else would be left to look for. */
function withoutLineEnds(form: string): string {
  const inner = stripped(form)
  return inner.length < shortestForm ? form : inner
}

function stripped(form: string): string {
  return form.replace(/^[\r\n]+|[\r\n]+$/g, '')
}

/** Programs print a key line by line, often indented. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  if (lines.length === 1) return []
  return lines.filter((line) => line.length >= shortestLine && (!isDull(line) || isDull(text)))
}

/** As one text where it is short; else its pieces, the last of which overlaps the one before it. */
function piecesOf(form: string, secret: string): string[] {
  if (form.length <= longestForm) return [form]
  const count = Math.ceil(form.length / pieceLength)
  const pieces = Array.from({ length: count }, (_, index) => {
    return pieceFrom(form, Math.min(index * pieceLength, form.length - pieceLength))
  })
  return pieces.filter((piece) => piece.length >= shortestForm && (!isDull(piece) || isDull(secret)))
}

/**
 * Longer where it would begin or end with a line end, or nearly begin with one: else a whole line of a log that ends with the
 * same letter would wait for the next one. Without line ends where they are too many.
 */
function pieceFrom(form: string, at: number): string {
  let [from, to] = [at, at + pieceLength]
  while (from > 0 && [...form.slice(from, from + shortestLine)].some(isLineEnd)) from -= 1
  while (to < form.length && isLineEnd(form[to - 1])) to += 1
  if (to - from <= longestForm) return form.slice(from, to)
  return stripped(form.slice(at, at + pieceLength))
}

function isLineEnd(letter: string | undefined): boolean {
  return letter === '\n' || letter === '\r'
}

/** Rulers and blanks, which a file may have as well as any log. */
function isDull(text: string): boolean {
  const seen: string[] = []
  for (const letter of text) {
    if (!seen.includes(letter)) seen.push(letter)
    if (seen.length === 4) return false
  }
  return true
}

/** As most write a JSON string, as those do that write slashes with care, and those that write ASCII only. */
function jsonForms(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1)
  const escape = (found: string) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  return [
    json,
    json.replaceAll('/', '\\/'),
    json.replace(/[<>&]/g, escape),
    json.replace(/[\u0080-\uffff]/g, escape),
  ]
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
    const end = whole.slice(Math.max(shared, whole.length - longestForm))
    return [whole.slice(shared, own), end, ...(shift === 0 ? wrapped(whole) : [])]
  })
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}

/** The lines that most programs break it into; those of 64 characters begin where pieces begin. */
function wrapped(text: string): string[] {
  return Array.from({ length: Math.ceil(text.length / 76) }, (_, line) =>
    text.slice(line * 76, (line + 1) * 76),
  ).filter((line) => line.length >= 16)
}
