import { styleText } from 'node:util'

/**
 * The Markdown of our comments as lines for a terminal: tables in columns, addresses bare, code as it is, what is folded
 * at the host as one line. Lines of prose are broken at `width`.
 */
export function plain(markdown: string, width: number): string[] {
  const lines = unfolded(markdown.replace(/<!--[\s\S]*?-->\n?/g, '').trim()).split('\n')
  const shown: string[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (line.startsWith('```')) {
      const end = lines.indexOf(line.replace(/[^`].*$/, ''), at + 1)
      const last = end === -1 ? lines.length : end
      shown.push(...lines.slice(at + 1, last).map((code) => `  ${code}`))
      at = last
    } else if (line.startsWith('|')) {
      const rows = lines.slice(at).findIndex((other) => !other.startsWith('|'))
      const last = rows === -1 ? lines.length : at + rows
      shown.push(...columns(lines.slice(at, last)))
      at = last - 1
    } else if (line.startsWith('#')) shown.push(styleText('bold', inline(line.replace(/^#+\s*/, ''))))
    else shown.push(...broken(inline(line), width))
  }
  return shown
}

/** A folded part shows its summary only, as at the host. */
function unfolded(text: string): string {
  return text.replace(/<details>\n<summary>(.*?)<\/summary>[\s\S]*?<\/details>/g, '▸ $1')
}

function columns(lines: string[]): string[] {
  const rows = lines
    .map((line) => line.replace(/^\|\s*|\s*\|$/g, '').split(/\s*\|\s*/))
    .filter((cells) => !cells.every((cell) => /^:?-+:?$/.test(cell)))
    .map((cells) => cells.map(inline))
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const text = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return text.map((row, index) => (index === 0 ? styleText('dim', row) : row))
}

function inline(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/<(https?:[^>]+)>/g, '$1')
    .replace(/\*\*|`+/g, '')
    .replace(/\\([\\*_[\]|~!$:#+=-])/g, '$1')
    .replaceAll('\u200b', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

function broken(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (longer.length > width && line !== '') {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}
