import { Refusal, type Asked } from './world.ts'

/** What a request gave under a name, as text; undefined if nothing. Numbers are taken for text, as GitLab does. */
export function optional({ fields }: Pick<Asked, 'fields'>, name: string): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  const text = textOf(value)
  if (text === undefined) throw new Refusal(400, { error: `${name} is invalid` })
  return text
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

export function required(asked: Asked, name: string): string {
  const value = optional(asked, name)
  if (value === undefined) throw new Refusal(400, { error: `${name} is missing` })
  return value
}

export function flag(asked: Asked, name: string): boolean | undefined {
  const value = optional(asked, name)
  if (value === undefined) return undefined
  if (['true', '1'].includes(value)) return true
  if (['false', '0'].includes(value)) return false
  throw new Refusal(400, { error: `${name} is invalid` })
}

export function number(asked: Asked, name: string): number | undefined {
  const value = optional(asked, name)
  if (value === undefined) return undefined
  if (!/^\d+$/.test(value)) throw new Refusal(400, { error: `${name} is invalid` })
  return Number(value)
}

/** One of several words. */
export function choice<T extends string>(asked: Asked, name: string, words: readonly T[]): T | undefined {
  const value = optional(asked, name)
  if (value === undefined) return undefined
  const word = words.find((one) => one === value)
  if (!word) throw new Refusal(400, { error: `${name} does not have a valid value` })
  return word
}

/** Names in one text with commas, or in a list. */
export function names({ fields }: Asked, name: string): string[] | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  const list = Array.isArray(value) ? (value as unknown[]).map(textOf) : (textOf(value) ?? '').split(',')
  return list.map((one) => one?.trim() ?? '').filter(Boolean)
}

/** What a record is found by in a path. */
export function among<T>(list: T[], is: (one: T) => boolean, what = ''): T {
  const found = list.find(is)
  if (!found) throw new Refusal(404, `404 ${what === '' ? '' : `${what} `}Not Found`)
  return found
}

/** `2026-01-01T00:00:00.000Z`; null stays null. */
export function iso(time: number | null | undefined): string | null {
  return time === null || time === undefined ? null : new Date(time).toISOString()
}

/** `2026-01-01 00:00:00 UTC`, as in most of a webhook. */
export function hookTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** Faults of single fields, as validations of GitLab's records tell them. */
export function faulty(faults: Record<string, string[]>): Refusal {
  return new Refusal(400, { message: faults })
}
