import { shortestForm } from './forms.ts'

/** What of a text is hidden, as [from, to) in order and apart from each other, and up to where that is certain. */
export interface Found {
  hidden: [number, number][]
  /** What is from here on may yet become a form that is hidden. */
  certain: number
}

/** Finds each of many short forms in texts, in a time that hardly depends on how many there are. */
export class Finder {
  /** By their first four characters; of each, the longest first. */
  readonly #forms = new Map<string, string[]>()
  /** Beginnings of forms that are shorter than that. */
  readonly #starts = new Set<string>()
  /** Which four characters begin a form at all: asked at every place of a text, so it must be quick. */
  readonly #filter = new Uint8Array(65_536)

  constructor(forms: Iterable<string>) {
    for (const form of [...forms].toSorted((one, other) => other.length - one.length)) {
      const head = form.slice(0, shortestForm)
      const known = this.#forms.get(head)
      if (known) known.push(form)
      else this.#forms.set(head, [form])
      this.#filter[slot(rolled(form, shortestForm - 1))] = 1
      for (let length = 1; length < shortestForm; length += 1) this.#starts.add(form.slice(0, length))
    }
  }

  /** `hiddenTo`: what is before it is hidden anyway. `whole`: nothing comes after this text. */
  find(text: string, hiddenTo: number, whole: boolean): Found {
    const hidden: [number, number][] = hiddenTo > 0 ? [[0, hiddenTo]] : []
    const lastHead = text.length - shortestForm
    let certain = text.length
    let head = rolled(text, shortestForm - 2)
    for (let at = 0; at <= lastHead; at += 1) {
      head = roll(head, text.charCodeAt(at + shortestForm - 1))
      if (this.#filter[slot(head)] === 0) continue
      for (const form of this.#forms.get(text.slice(at, at + shortestForm)) ?? []) {
        if (at + form.length > text.length) {
          if (at < certain && form.startsWith(text.slice(at))) certain = at
        } else if (text.startsWith(form, at)) {
          hide(hidden, at, at + form.length)
          break
        }
      }
    }
    for (let at = Math.max(0, lastHead + 1); at < certain; at += 1)
      if (this.#starts.has(text.slice(at))) certain = at
    return { hidden, certain: whole ? text.length : certain }
  }
}

/** `from` grows from call to call. */
function hide(hidden: [number, number][], from: number, to: number): void {
  const last = hidden.at(-1)
  if (!last || from > last[1]) hidden.push([from, to])
  else if (to > last[1]) last[1] = to
}

/** Four characters as one number: of one more, the first one drops out. */
function roll(head: number, code: number): number {
  return (head << 8) ^ code
}

/** Of the characters up to `last`. */
function rolled(text: string, last: number): number {
  let head = 0
  for (let at = 0; at <= last; at += 1) head = roll(head, text.charCodeAt(at))
  return head
}

function slot(head: number): number {
  return Math.imul(head, 0x9e3779b1) >>> 16
}
