import { z } from 'zod'

/** Ten years: what is longer is a mistake, and would not fit a date. */
const mostMinutes = 5_256_000

export const idParams = z.strictObject({ id: z.string() })

/** What people call a thing: one line, without control characters and halves of surrogate pairs. */
export const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'must be one line of text' })

export const minutes = z.int().min(0).max(mostMinutes)

/** The same in a query. */
export const minutesText = z
  .string()
  .regex(/^\d+$/, { error: 'must be a whole number of minutes' })
  .transform(Number)
  .pipe(minutes)

export const flagText = z
  .enum(['true', 'false', '1', '0'], { error: 'must be true or false' })
  .transform((text) => text === 'true' || text === '1')

/** The documents call it boolean in one place and text in another: both will do. */
export const flag = z.union([z.boolean(), flagText], { error: 'must be true or false' })

export const countText = z
  .string()
  .regex(/^\d{1,15}$/, { error: 'must be a whole number' })
  .transform(Number)

export const refType = z.enum(['branch', 'tag', 'change'])

/** A body for requests that need none. */
export const emptyBody = z.strictObject({}).nullish()

export const noQuery = z.strictObject({})
