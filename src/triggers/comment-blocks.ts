import {
  endsFence,
  fenceAt,
  htmlAt,
  indentOf,
  isBlank,
  isHeading,
  isRule,
  isUnderline,
  itemAt,
  withoutTabs,
} from './comment-starts.ts'

/** Lines of a comment that belong together: a paragraph or a heading, or HTML. */
export interface Block {
  kind: 'text' | 'html'
  lines: Line[]
}

export interface Line {
  /** As it was written. */
  raw: string
  /** Without the signs of the lists that it stands in, tabs as spaces. */
  content: string
}

/** Deeper than people nest. What comes after it is left out, so that no comment takes long to read. */
const deepest = 32

/**
 * The blocks of a comment in Markdown that are neither quotes nor code, by the rules of CommonMark. Whether a line is one
 * of them can only be told by walking through lists, quotes and fences as whoever shows the comment does. The time it
 * takes is in proportion to the length.
 */
export function blocksOf(text: string): Block[] {
  const reader = new BlockReader()
  for (const line of text.split(/\r\n|\n|\r/)) {
    reader.read(line)
    if (reader.depth > deepest) break
  }
  return reader.blocks
}

type Container = { kind: 'quote' } | { kind: 'item'; width: number; empty: boolean }

/** What the innermost container ends with. Without a block its lines are of no interest. */
type Leaf =
  | { kind: 'text'; block: Block | null }
  | { kind: 'fence'; sign: string; length: number }
  | { kind: 'indented' }
  /** `end` null = a blank line ends it. */
  | { kind: 'html'; block: Block | null; end: RegExp | null }

/** Goes from line to line and knows which lists, quotes and blocks are open. */
class BlockReader {
  readonly blocks: Block[] = []
  private readonly containers: Container[] = []
  private leaf: Leaf | null = null
  private raw = ''
  /** What is left of the line, tabs as spaces. */
  private rest = ''

  get depth(): number {
    return this.containers.length
  }

  read(raw: string): void {
    this.raw = raw
    this.rest = withoutTabs(raw)
    const entered = this.enter()
    const all = entered === this.containers.length
    if (all && this.leafGoesOn()) return
    // A paragraph also goes on where the signs of its containers are left out, so nothing is closed yet.
    if (this.leaf?.kind !== 'text' || isBlank(this.rest)) this.close(entered)
    this.begin(entered, all)
  }

  /** Takes the signs of the open containers from the line; how many of them go on in it. */
  private enter(): number {
    for (const [index, container] of this.containers.entries()) {
      const indent = indentOf(this.rest)
      if (container.kind === 'quote') {
        if (indent > 3 || this.rest[indent] !== '>') return index
        this.takeQuote(indent)
      } else if (isBlank(this.rest)) {
        if (container.empty) return index
      } else {
        if (indent < container.width) return index
        this.rest = this.rest.slice(container.width)
      }
    }
    return this.containers.length
  }

  /** Whether the line belongs to the code or HTML that is open, whatever it says. */
  private leafGoesOn(): boolean {
    const { leaf, rest } = this
    if (leaf?.kind === 'fence') {
      if (endsFence(rest, leaf)) this.leaf = null
      return true
    }
    if (leaf?.kind === 'indented') return indentOf(rest) > 3 || isBlank(rest)
    if (leaf?.kind !== 'html' || (leaf.end === null && isBlank(rest))) return false
    this.addTo(leaf.block)
    if (leaf.end?.test(rest)) this.leaf = null
    return true
  }

  /** Opens what begins in the line; what is left of it is text. */
  private begin(entered: number, all: boolean): void {
    while (!isBlank(this.rest)) {
      const indent = indentOf(this.rest)
      const inText = this.leaf?.kind === 'text'
      if (indent > 3) {
        if (inText) break
        this.openLeaf(entered, { kind: 'indented' })
        return
      }
      const body = this.rest.slice(indent)
      if (this.beginsLeaf(body, entered, all)) return
      const item = itemAt(body, inText && all)
      if (!item && !body.startsWith('>')) break
      if (inText) this.close(entered)
      if (item) {
        this.rest = body.slice(item.signs)
        this.enclose({ kind: 'item', width: indent + item.signs, empty: true })
      } else {
        this.takeQuote(indent)
        this.enclose({ kind: 'quote' })
      }
      if (this.depth > deepest) return
    }
    if (!isBlank(this.rest)) this.addText()
  }

  private beginsLeaf(body: string, entered: number, all: boolean): boolean {
    const inText = this.leaf?.kind === 'text'
    const fence = fenceAt(body)
    const html = htmlAt(body, inText)
    if (fence) {
      this.openLeaf(entered, { kind: 'fence', ...fence })
    } else if (html) {
      if (inText) this.close(entered)
      const block = html.end === null ? this.newBlock('html') : null
      this.openLeaf(entered, { kind: 'html', block, end: html.end })
      this.addTo(block)
      if (html.end?.test(body)) this.leaf = null
    } else if (isHeading(body) || isRule(body) || (inText && all && isUnderline(body))) {
      // Nothing in such a line is of interest, and nothing goes on after it.
      this.openLeaf(entered, null)
    } else {
      return false
    }
    return true
  }

  private openLeaf(entered: number, leaf: Leaf | null): void {
    if (this.leaf?.kind === 'text') this.close(entered)
    this.fill()
    this.leaf = leaf
  }

  private addText(): void {
    if (this.leaf?.kind !== 'text') {
      this.fill()
      this.leaf = { kind: 'text', block: this.newBlock('text') }
    }
    this.addTo(this.leaf.block)
  }

  private enclose(container: Container): void {
    this.fill()
    this.containers.push(container)
  }

  /** An item that begins with nothing ends at the next blank line, unless there is something in it by then. */
  private fill(): void {
    const last = this.containers.at(-1)
    if (last?.kind === 'item') last.empty = false
  }

  private close(entered: number): void {
    this.containers.length = Math.min(this.containers.length, entered)
    this.leaf = null
  }

  private newBlock(kind: Block['kind']): Block | null {
    if (this.containers.some((container) => container.kind === 'quote')) return null
    const block: Block = { kind, lines: [] }
    this.blocks.push(block)
    return block
  }

  private addTo(block: Block | null): void {
    block?.lines.push({ raw: this.raw, content: this.rest })
  }

  private takeQuote(indent: number): void {
    const after = this.rest.slice(indent + 1)
    this.rest = after.startsWith(' ') ? after.slice(1) : after
  }
}
