/**
 * Which commit of ours is which of emulate's. Emulate computes ids as git does, so that most are the same; those of
 * signed commits, of commits whose message does not end in a new line, and of its own merges differ.
 */
export class CommitMap {
  readonly #toEmulate = new Map<string, string>()
  readonly #toReal = new Map<string, string>()

  pair(real: string, emulates: string): void {
    if (real === emulates) return
    this.#toEmulate.set(real, emulates)
    this.#toReal.set(emulates, real)
  }

  /** A commit that emulate made by itself is known to others by the real one; the real one keeps its first counterpart. */
  alias(emulates: string, real: string): void {
    if (real !== emulates) this.#toReal.set(emulates, real)
  }

  emulates(real: string): string {
    return this.#toEmulate.get(real) ?? real
  }

  /** Texts in paths and bodies that go to emulate. */
  outward<T>(value: T): T {
    return this.#toEmulate.size === 0 ? value : (replaceIn(value, this.#toEmulate) as T)
  }

  /** A text that came from emulate. */
  inward(text: string): string {
    return this.#toReal.size === 0 ? text : replaceIds(text, this.#toReal)
  }
}

function replaceIn(value: unknown, ids: Map<string, string>): unknown {
  if (typeof value === 'string') return replaceIds(value, ids)
  if (Array.isArray(value)) return value.map((item) => replaceIn(item, ids))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaceIn(inner, ids)]))
}

function replaceIds(text: string, ids: Map<string, string>): string {
  return text.replace(/(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])/g, (id) => ids.get(id) ?? id)
}
