import { slug, variablePart } from '../../ids.ts'
import { suggestion } from '../nearest.ts'
import { compilePattern, patternFault } from '../pattern.ts'

/** What a template may do with values. `undefined` stands for a known name that this environment does not have. */
export interface Helper {
  least: number
  most: number
  /** Whether it takes names that this environment does not have. */
  takesAbsent?: boolean
  /** Whether `value | helper x` is `helper value x`; else `helper x value`. */
  pipedFirst?: boolean
  /** What a call costs beyond the length of its values, counted in characters. */
  extraWork?: number
  /** Throws a HelperFault where it cannot answer. */
  run(values: unknown[], context: HelperContext): unknown
}

export interface HelperContext {
  repositoryParams: Readonly<Record<string, string>>
}

/** What is wrong with what a helper was given, as a sentence. */
export class HelperFault extends Error {}

export const helpers: ReadonlyMap<string, Helper> = new Map<string, Helper>([
  [
    'eq',
    {
      least: 2,
      most: 20,
      takesAbsent: true,
      run: ([first, ...rest]) => rest.some((one) => same(first, one)),
    },
  ],
  ['ne', { least: 2, most: 2, takesAbsent: true, run: ([one, other]) => !same(one, other) }],
  ['lt', { least: 2, most: 2, run: (values) => compare('lt', values) < 0 }],
  ['gt', { least: 2, most: 2, run: (values) => compare('gt', values) > 0 }],
  [
    'and',
    {
      least: 1,
      most: 20,
      takesAbsent: true,
      run: (values) => (values.every(isTrue) ? values.at(-1) : values.find((one) => !isTrue(one))),
    },
  ],
  ['or', { least: 1, most: 20, takesAbsent: true, run: (values) => values.find(isTrue) ?? values.at(-1) }],
  ['not', { least: 1, most: 1, takesAbsent: true, run: ([one]) => !isTrue(one) }],
  [
    'default',
    {
      least: 2,
      most: 2,
      takesAbsent: true,
      pipedFirst: true,
      run: ([one, other]) => (isTrue(one) ? one : other),
    },
  ],
  ['lower', { least: 1, most: 1, pipedFirst: true, run: ([one]) => text(one).toLowerCase() }],
  ['upper', { least: 1, most: 1, pipedFirst: true, run: ([one]) => text(one).toUpperCase() }],
  ['slug', { least: 1, most: 1, pipedFirst: true, run: ([one]) => slug(text(one)) }],
  ['env-safe', { least: 1, most: 1, pipedFirst: true, run: ([one]) => variablePart(text(one)) }],
  [
    'matches',
    {
      least: 2,
      most: 2,
      pipedFirst: true,
      // A pattern of some hundred characters takes a millisecond to compile.
      extraWork: 32_000,
      run: ([one, pattern]) => matches(text(one), text(pattern)),
    },
  ],
  [
    'startsWith',
    { least: 2, most: 2, pipedFirst: true, run: ([one, other]) => text(one).startsWith(text(other)) },
  ],
  [
    'endsWith',
    { least: 2, most: 2, pipedFirst: true, run: ([one, other]) => text(one).endsWith(text(other)) },
  ],
  [
    'contains',
    { least: 2, most: 2, pipedFirst: true, run: ([one, other]) => text(one).includes(text(other)) },
  ],
  ['RepositoryParam', { least: 1, most: 1, run: ([name], context) => repositoryParam(text(name), context) }],
])

/** What counts as true in a condition: everything but nothing, `false`, `0` and the empty text. */
export function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== ''
}

/** How a value stands in the rendered file. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new HelperFault('a single value is needed here, not a group of values')
}

function same(one: unknown, other: unknown): boolean {
  if (isScalar(one) && isScalar(other)) return String(one) === String(other)
  return (one ?? null) === (other ?? null)
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function compare(name: string, values: unknown[]): number {
  const [one, other] = values.map((value) => {
    const number = text(value).trim() === '' ? NaN : Number(text(value))
    if (Number.isNaN(number))
      throw new HelperFault(`${name} compares numbers, and ${text(value).slice(0, 40)} is none`)
    return number
  })
  return (one ?? 0) - (other ?? 0)
}

function matches(value: string, pattern: string): boolean {
  try {
    return compilePattern(pattern)(value)
  } catch {
    throw new HelperFault(`${pattern.slice(0, 60)} is no RE2 pattern: ${patternFault(pattern) ?? ''}`)
  }
}

function repositoryParam(name: string, { repositoryParams }: HelperContext): string {
  const value = Object.hasOwn(repositoryParams, name) ? repositoryParams[name] : undefined
  if (value !== undefined) return value
  const known = Object.keys(repositoryParams)
  const have = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
  throw new HelperFault(
    `this repository has no parameter ${name.slice(0, 60)}; ${have}.${suggestion(name, known)}`,
  )
}
