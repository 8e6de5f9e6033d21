/** Gathers what has happened until somebody asks; asking waits for something to happen, or for the end. */
export class News<Kind> {
  readonly #kinds = new Set<Kind>()
  readonly #end: AbortSignal
  #wake: () => void = () => undefined

  constructor(end: AbortSignal) {
    this.#end = end
    end.addEventListener('abort', () => this.#wake(), { once: true })
  }

  tell(kind: Kind): void {
    this.#kinds.add(kind)
    this.#wake()
  }

  /** What has happened since the last call; empty at the end. One caller at a time. */
  async next(): Promise<Set<Kind>> {
    if (this.#kinds.size === 0 && !this.#end.aborted)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    const kinds = new Set(this.#kinds)
    this.#kinds.clear()
    return kinds
  }
}
