import { setImmediate as turn } from 'node:timers/promises'

/**
 * Work that waits in lines: one piece of each line at a time, in the order it was added; of all lines only so many at
 * once, each in its turn. Between two pieces whatever else the process has to do comes first.
 */
export class Lines {
  readonly #atOnce: number
  readonly #lines = new Map<string, (() => Promise<void>)[]>()
  /** Lines that have something to do and nothing at work. */
  readonly #ready: string[] = []
  #working = 0

  constructor(atOnce: number) {
    this.#atOnce = atOnce
  }

  /** Resolves when the work has ended, and fails as it did. */
  add(name: string, work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const piece = () => work().then(resolve, reject)
      const line = this.#lines.get(name)
      if (line) {
        line.push(piece)
        return
      }
      this.#lines.set(name, [piece])
      this.#ready.push(name)
      this.#next()
    })
  }

  #next(): void {
    while (this.#working < this.#atOnce) {
      const name = this.#ready.shift()
      if (name === undefined) return
      this.#working += 1
      void this.#work(name)
    }
  }

  async #work(name: string): Promise<void> {
    const line = this.#lines.get(name) ?? []
    await turn()
    await line.shift()?.()
    this.#working -= 1
    if (line.length > 0) this.#ready.push(name)
    else this.#lines.delete(name)
    this.#next()
  }
}
