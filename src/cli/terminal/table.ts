import { cut, oneLine, widthOf } from './text.ts'

export interface Column<Row> {
  title: string
  cell: (row: Row) => string
  /** Colours a cell after it was cut and before it is filled up. */
  paint?: (text: string, row: Row) => string
  /** May be cut where the terminal is too narrow. */
  shrink?: boolean
}

/** Narrowest a column is cut to. */
const narrowest = 8

/**
 * Rows under their titles, two blanks between columns. `columns` is the width of the terminal; null = as wide as it
 * gets, which is what a program at the other end of a pipe wants.
 */
export function table<Row>(layout: Column<Row>[], rows: Row[], columns: number | null): string {
  const cells = rows.map((row) => layout.map(({ cell }) => oneLine(cell(row))))
  const natural = layout.map(({ title }, at) =>
    Math.max(title.length, ...cells.map((line) => widthOf(line[at] ?? ''))),
  )
  const widths = columns === null ? natural : fit(layout, natural, columns)
  const titles = layout.map(({ title }, at) => fill(title, widths[at] ?? 0))
  const lines = cells.map((line, index) =>
    layout.map(({ paint }, at) => {
      const text = cut(line[at] ?? '', widths[at] ?? 0)
      const row = rows[index]
      return fill(paint && row !== undefined ? paint(text, row) : text, widths[at] ?? 0)
    }),
  )
  return [titles, ...lines].map((line) => line.join('  ').trimEnd()).join('\n')
}

/** Facts one below the other, their names in one column; facts without a text are left out. */
export function facts(pairs: [name: string, text: string][]): string {
  const told = pairs.filter(([, text]) => text !== '')
  const width = Math.max(0, ...told.map(([name]) => name.length))
  return told.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n')
}

/** Takes what is missing from the widest column that may shrink, again and again. */
function fit<Row>(layout: Column<Row>[], natural: number[], columns: number): number[] {
  const widths = [...natural]
  const gaps = 2 * (widths.length - 1)
  let excess = widths.reduce((sum, width) => sum + width, gaps) - columns
  while (excess > 0) {
    const candidates = widths.map((width, at) => (layout[at]?.shrink && width > narrowest ? width : 0))
    const widest = Math.max(...candidates)
    if (widest === 0) return widths
    widths[candidates.indexOf(widest)] = widest - 1
    excess -= 1
  }
  return widths
}

function fill(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}
