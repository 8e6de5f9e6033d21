const notice = '\n\n_This text was too long; the rest was left out._'

/** Markdown of at most `limit` characters, cut after a line; a code block that was open there is closed. */
export function cutMarkdown(text: string, limit: number): string {
  if (text.length <= limit) return text
  // Room for the notice and for the end of a code block.
  const room = limit - notice.length - 100
  const whole = sliceWhole(text, room)
  const end = whole.lastIndexOf('\n')
  const kept = end > 0 ? whole.slice(0, end) : whole
  const fence = openFence(kept)
  return kept + (fence === null ? '' : `\n${fence}`) + notice
}

/** One line of at most `limit` characters. */
export function cutLine(text: string, limit: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= limit ? line : `${sliceWhole(line, limit - 1)}…`
}

/** Half of a character, as a cut may leave it, is not text to a host. */
function sliceWhole(text: string, length: number): string {
  const cut = text.slice(0, length)
  return cut.isWellFormed() ? cut : cut.replace(/[\uD800-\uDBFF]$/, '')
}

/** What would close the code block that is open at the end; null if none is. */
function openFence(text: string): string | null {
  let open: string | null = null
  for (const line of text.split('\n')) {
    const fence = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line)
    if (!fence) continue
    const [, ticks = '', rest = ''] = fence
    if (open === null) {
      if (!(ticks.startsWith('`') && rest.includes('`'))) open = ticks
    } else if (ticks.startsWith(open) && rest.trim() === '') open = null
  }
  return open === null ? null : open.slice(0, 90)
}
