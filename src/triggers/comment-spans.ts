/** Where code stands within a text: between two runs of as many backticks. Ask from left to right. */
export class CodeSpans {
  private readonly text: string
  /** Places of all runs by their length, the next one last. */
  private readonly runs = new Map<number, number[]>()

  constructor(text: string) {
    this.text = text
    for (const { index, 0: run } of [...text.matchAll(/`+/g)].reverse()) {
      const same = this.runs.get(run.length)
      if (same) same.push(index)
      else this.runs.set(run.length, [index])
    }
  }

  /** The span that begins at a backtick; where no run closes it, the backticks alone, which then hide nothing. */
  at(place: number): { end: number; hides: boolean } {
    let end = place
    while (this.text[end] === '`') end += 1
    const length = end - place
    const others = this.runs.get(length) ?? []
    while (others.length > 0 && (others.at(-1) ?? 0) < end) others.pop()
    const close = others.at(-1)
    return close === undefined ? { end, hides: false } : { end: close + length, hides: true }
  }
}
