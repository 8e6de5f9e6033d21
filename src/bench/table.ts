/** One measurement, side by side with what it is compared to. */
export interface BenchRow {
  /** Of the group of measurements, e.g. `proxy`. */
  name: string
  measure: string
  value: number
  unit: string
  /** The same measured of others; null where that one is not installed here. */
  beside: Record<string, number | null>
}

/** The rows for people: one line each, the columns under one another. */
export function rowsAsText(rows: BenchRow[]): string {
  const cells = rows.map((row) => [
    row.name,
    row.measure,
    `${shown(row.value)} ${row.unit}`,
    besideText(row.beside),
  ])
  const table = [['name', 'measure', 'Qaack', 'beside'], ...cells]
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)))
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The middle one, or the mean of the two in the middle; NaN of nothing. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2
}

function besideText(beside: BenchRow['beside']): string {
  const parts = Object.entries(beside).map(
    ([name, value]) => `${name} ${value === null ? 'not installed' : shown(value)}`,
  )
  return parts.length === 0 ? '-' : parts.join(', ')
}

/** Three digits that count, thousands apart. */
function shown(value: number): string {
  if (!Number.isFinite(value)) return 'not measured'
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { maximumFractionDigits: digits })
}
