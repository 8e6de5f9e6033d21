import { z } from 'zod'
import { QaackError } from '../../errors.ts'
import { parseAddress } from '../../repositories/address.ts'
import type { RepositoryParams } from '../../repositories/repository.ts'
import { wrongParams } from '../params.ts'

const line = z
  .string()
  .max(4096)
  // Git hands credentials on line by line.
  .refine((text) => !/[\r\n\0]/.test(text), 'must be one line')

const schema = z.strictObject({
  origin: z.string('origin is missing: give the address that you would give to git clone').max(4096),
  username: line.optional(),
  password: line.optional(),
})

/** Checks what was given for a new repository. Credentials in the address are taken out of it. */
export function check(params: Record<string, unknown>): RepositoryParams {
  const read = schema.safeParse(params)
  if (!read.success) throw wrongParams(read.error, { type: 'generic', known: 'origin, username, password' })
  const { origin, username = '', password = '' } = read.data
  const parsed = parseAddress(origin)
  if ('fault' in parsed) throw new QaackError('invalid', `origin: ${parsed.fault}`, { path: 'params.origin' })
  const credentials = {
    username: username || (parsed.username ?? ''),
    password: password || (parsed.password ?? ''),
  }
  const { address } = parsed
  if (address.kind !== 'http' && (credentials.username || credentials.password)) {
    throw new QaackError(
      'invalid',
      'username and password are for http(s) addresses only; leave them out, ssh uses keys',
      { path: 'params.username' },
    )
  }
  return {
    origin: address.url,
    ...(credentials.username === '' ? {} : { username: credentials.username }),
    ...(credentials.password === '' ? {} : { password: credentials.password }),
  }
}
