import { StringDecoder } from 'node:string_decoder'
import type { Parts } from '../parts.ts'
import { noMasker, type Masker } from '../variables/mask.ts'
import { printable } from './printable.ts'

/** Characters of one build's log; what comes after is left out, and said so. */
const maxLength = 16 * 1024 * 1024
/** Milliseconds between two writes to the store, and the characters that do not wait for it. */
const flushTime = 100
const flushLength = 64 * 1024

/**
 * The log of one build: headings of ours, and the output of its services line by line, each behind the service's name.
 * Written to the store soon after it came, so that it can be followed live, and never with a secret in it.
 */
export class Output {
  readonly #parts: Parts
  readonly #logId: string
  readonly #closed = new AbortController()
  #masker = noMasker
  #pending = ''
  #length = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(parts: Parts, logId: string) {
    this.#parts = parts
    this.#logId = logId
    const failed = (error: unknown) =>
      parts.logger.error({ err: error, log: logId }, 'a build log could not be written')
    parts.clock.every(flushTime, () => this.flush(), this.#closed.signal, failed)
  }

  /** What is to be hidden from now on. */
  hide(masker: Masker): void {
    this.#masker = masker
  }

  /** A text that will be shown beside the log, such as a reason, without secrets. */
  masked(text: string): string {
    return this.#masker.text(text)
  }

  /** A line of ours. */
  heading(text: string): void {
    this.#add(
      this.masked(text)
        .split('\n')
        .map((line) => `==> ${line}\n`)
        .join(''),
    )
  }

  /** Takes a service's output in pieces; `end` writes what is left of its last line. */
  stream(service: string): { write(chunk: Buffer): void; end(): void } {
    const decoder = new StringDecoder('utf8')
    const mask = this.#masker.bytes()
    let rest = ''
    // Once more when it is printable: what a terminal would not have shown may have stood between its letters.
    const line = (text: string) => this.#add(`${service} | ${this.masked(printable(lastOverwrite(text)))}\n`)
    const take = (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const text of lines) line(text)
      if (rest.length > flushLength) {
        line(rest)
        rest = ''
      }
    }
    return {
      write: (chunk) => take(mask.push(chunk)),
      end: () => {
        take(mask.flush())
        rest += decoder.end()
        if (rest !== '') line(rest)
        rest = ''
      },
    }
  }

  /** Resolves when all that was said so far is in the store. */
  async flush(): Promise<void> {
    this.#write()
    await this.#writing
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await this.flush()
  }

  #add(text: string): void {
    if (this.#length > maxLength) return
    this.#length += text.length
    this.#pending +=
      this.#length > maxLength
        ? `==> the log is longer than ${maxLength / 1024 / 1024} MiB; the rest is left out\n`
        : text
    if (this.#pending.length > flushLength) this.#write()
  }

  #write(): void {
    if (this.#pending === '') return
    const text = this.#pending
    this.#pending = ''
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(() => this.#parts.store.appendLog(this.#logId, text))
      .catch((error: unknown) => {
        // Kept for the next try: a disk that is full now may not be full later.
        this.#pending = text + this.#pending
        throw error
      })
    // Whoever awaits flush() sees the failure; nobody has to.
    this.#writing.catch(() => undefined)
  }
}

/** Progress bars overwrite their line with carriage returns; only what one would see at the end is kept. */
function lastOverwrite(line: string): string {
  const parts = line.replace(/\r+$/, '').split('\r')
  return parts.at(-1) ?? ''
}
