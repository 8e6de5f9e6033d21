const sizePattern = /^(\d{1,12}(?:\.\d{1,6})?)([bkmgt])?(?:i?b)?$/i
const sizeUnits: Record<string, number> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

/** Bytes of `512m`, `2g`, `1.5GiB` or a number of bytes; null if it is no size. */
export function parseSize(value: string | number): number | null {
  const match = sizePattern.exec(String(value).trim())
  if (!match) return null
  const bytes = Number(match[1]) * (sizeUnits[(match[2] ?? 'b').toLowerCase()] ?? 1)
  return Number.isSafeInteger(Math.round(bytes)) ? Math.round(bytes) : null
}

const durationPattern = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/
const durationUnits: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600 }

/** Seconds of `60s`, `5m`, `500ms`, `1h` or a number of seconds; null if it is no duration. */
export function parseDuration(value: string | number): number | null {
  const match = durationPattern.exec(String(value).trim())
  if (!match) return null
  return Number(match[1]) * (durationUnits[match[2] ?? 's'] ?? 1)
}
