import { blocksOf, type Block } from './comment-blocks.ts'
import { CodeSpans } from './comment-spans.ts'
import { tagAt } from './comment-starts.ts'

/** The lines of a comment in Markdown, as they were written, that begin outside of quotes, code and HTML comments. */
export function plainLines(text: string): string[] {
  const open = new OpenHtml()
  return blocksOf(text).flatMap((block) => {
    const hidden = hiddenPlaces(block, open)
    let next = 0
    return block.lines.flatMap(({ raw, content }) => {
      const begin = next
      next += content.length + 1
      return hidden[begin] === 1 ? [] : [raw]
    })
  })
}

/** HTML that was opened and not closed yet: it covers what comes after it, whatever block that is in. */
class OpenHtml {
  comment = false
  private readonly tags = new Map<string, number>()

  get covers(): boolean {
    return this.comment || this.tags.size > 0
  }

  take(tag: string): void {
    const [, slash, name = ''] = /^<(\/?)([a-z]+)/i.exec(tag) ?? []
    const key = name.toLowerCase()
    if (!covering.has(key)) return
    const count = (this.tags.get(key) ?? 0) + (slash === '/' ? -1 : 1)
    if (count > 0) this.tags.set(key, count)
    else this.tags.delete(key)
  }
}

/** Tags whose content is a quote, code, or not shown. */
const covering = new Set('blockquote code kbd pre q samp script style template textarea tt'.split(' '))

/** For each character of a block, its lines joined: 1 within code, comments and covering tags. */
function hiddenPlaces(block: Block, open: OpenHtml): Uint8Array {
  const text = block.lines.map(({ content }) => content).join('\n')
  const hidden = new Uint8Array(text.length)
  // What names addresses is no text, and may or may not hold one end of a code span: better nothing than the wrong thing.
  if (/^\s*\[(?:[^\]\\]|\\.)*\]:/.test(text) && /`|<[!?]/.test(text)) return hidden.fill(1)
  const spans = block.kind === 'text' ? new CodeSpans(text) : null
  let place = 0
  while (place < text.length) {
    const covered = open.covers
    const { end, hides } = open.comment
      ? restOfComment(text, place, spans, open)
      : partAt(text, place, spans, open)
    if (hides || covered || open.covers) hidden.fill(1, place, end)
    place = end
  }
  return hidden
}

/** A stretch of a block up to `end`, of which all or nothing is hidden. */
interface Part {
  end: number
  hides: boolean
}

/** A comment that HTML opened is closed by HTML only: in text its end is shown as it is written. */
function restOfComment(text: string, place: number, spans: CodeSpans | null, open: OpenHtml): Part {
  const end = spans ? -1 : text.indexOf('-->', place)
  if (end < 0) return { end: text.length, hides: true }
  open.comment = false
  return { end: end + 3, hides: true }
}

function partAt(text: string, place: number, spans: CodeSpans | null, open: OpenHtml): Part {
  const sign = text[place]
  if (sign === '<') return htmlPart(text, place, spans, open)
  if (spans && sign === '\\') return { end: place + 2, hides: false }
  if (spans && sign === '`') return spans.at(place)
  return { end: nextSign(text, place + 1), hides: false }
}

function htmlPart(text: string, place: number, spans: CodeSpans | null, open: OpenHtml): Part {
  const unseen = unseens.find(([begin]) => text.startsWith(begin, place))
  if (unseen) {
    const end = text.indexOf(unseen[1], place + unseen[0].length)
    if (end >= 0) return { end: end + unseen[1].length, hides: true }
    // In text it is none without an end.
    if (spans) return { end: place + 1, hides: false }
    open.comment = unseen[0] === '<!--'
    return { end: text.length, hides: open.comment }
  }
  const tag = tagAt(text, place)
  if (tag === undefined) return { end: place + 1, hides: false }
  open.take(tag)
  return { end: place + tag.length, hides: true }
}

/** What HTML does not show: comments, instructions, declarations. */
const unseens: [begin: string, end: string][] = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['<![CDATA[', ']]>'],
  ['<!', '>'],
]

function nextSign(text: string, place: number): number {
  let end = place
  while (end < text.length && !'<`\\'.includes(text.charAt(end))) end += 1
  return end
}
