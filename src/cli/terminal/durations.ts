import { wrongUse } from './failure.ts'

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** Seconds for people, in at most two units: `0 s`, `1.4 s`, `42 s`, `3 min 5 s`, `2 h`, `9 d 4 h`. */
export function durationText(seconds: number): string {
  if (seconds < 10) return `${Number(Math.max(0, seconds).toFixed(1))} s`
  const whole = Math.round(seconds)
  const first = units.findIndex(([, size]) => whole >= size)
  const [name, size] = units[first] ?? ['s', 1]
  const [nextName, nextSize] = units[first + 1] ?? ['', Infinity]
  const rest = Math.floor((whole % size) / nextSize)
  return `${Math.floor(whole / size)} ${name}${rest > 0 ? ` ${rest} ${nextName}` : ''}`
}

/** A time in RFC 3339 as a distance from `now` (ms since 1970): `3 min 5 s ago`, `in 2 h`; empty where there is none. */
export function distanceText(time: string | undefined | null, now: number): string {
  const at = time ? Date.parse(time) : NaN
  if (Number.isNaN(at)) return ''
  const seconds = Math.round((at - now) / 1000)
  return seconds > 0 ? `in ${durationText(seconds)}` : `${durationText(-seconds)} ago`
}

const factors: Record<string, number> = { '': 1, m: 1, min: 1, h: 60, d: 1440, w: 10_080 }

/** Whole minutes of `90`, `90m`, `2h`, `3d`, `1w`; undefined for anything else. */
export function minutesOf(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,12})\s*(m|min|h|d|w)?$/.exec(text.trim()) ?? []
  const factor = factors[unit ?? '']
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor
}

/** The minutes of `--ttl`. */
export function ttlOf(text: string): number {
  const minutes = minutesOf(text)
  if (minutes === undefined)
    throw wrongUse(`--ttl must be minutes, or a time like 90m, 8h or 3d, not ${text}`)
  return minutes
}
