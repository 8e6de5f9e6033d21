/**
 * Answers that never change, those asked for last. Who asks for one that is on its way shares it: it does not end when one of
 * them leaves. What failed is asked again.
 */
export class Remembered<T> {
  readonly #most: number
  readonly #answers = new Map<string, Promise<T>>()

  /** So many that are there already; with 0 only what is on its way is shared. */
  constructor(most: number) {
    this.#most = most
  }

  ask(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key)
    if (known) return known
    const answer = read()
    this.#answers.set(key, answer)
    answer.then(
      () => this.#trim(),
      () => this.#answers.delete(key),
    )
    return answer
  }

  #trim(): void {
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#most) return
      this.#answers.delete(oldest)
    }
  }
}
