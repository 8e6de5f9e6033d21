import type { IncomingHttpHeaders } from 'node:http'
import { addressOf, type Config } from '../config/config.ts'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { App } from './app.ts'
import { hashToken, isOwnPage, sameHash, tokenOf, type Caller } from './caller.ts'

const reading = ['GET', 'HEAD']

/** Lets a request in, or refuses it before its body is read. */
export function authenticate(app: App, parts: Parts, adminToken: string): void {
  const adminHash = hashToken(adminToken)
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.open === true) return
    const caller = await callerOf(parts, request.headers, adminHash)
    if (!reading.includes(request.method)) refuseWrite(caller, request.headers, parts.config)
    request.caller = caller
  })
}

/** Whom the token of a request belongs to. QaackError `unauthenticated` without one, `unauthorized` if it is not valid. */
export async function callerOf(
  parts: Parts,
  headers: IncomingHttpHeaders,
  adminHash: string,
): Promise<Caller> {
  const given = tokenOf(headers)
  if (!given)
    throw new QaackError(
      'unauthenticated',
      'no token was sent; send one in the header X-QAACK-TOKEN or in the cookie token',
    )
  const hash = hashToken(given.token)
  if (sameHash(hash, adminHash)) return { tokenId: null, readOnly: false, byCookie: given.byCookie }
  const [record] = await parts.store.list('token', { hash })
  if (!record || !sameHash(record.hash, hash))
    throw new QaackError('unauthorized', 'the token is not valid; it is wrong or was deleted')
  if (record.expiresAt !== null && record.expiresAt <= parts.clock.now())
    throw new QaackError('unauthorized', 'the token has expired; make a new one')
  return { tokenId: record.id, readOnly: record.readOnly, byCookie: given.byCookie }
}

function refuseWrite(caller: Caller, headers: IncomingHttpHeaders, { baseUrl }: Config): void {
  if (caller.readOnly) throw new QaackError('read_only', 'this token may only read; use one that may write')
  if (caller.byCookie && !isOwnPage(headers, [addressOf(baseUrl), addressOf(baseUrl, 'panel')])) {
    throw new QaackError(
      'cross_site',
      'another site made the browser ask for this; only our own pages may, or a program that sends the token in the header X-QAACK-TOKEN',
    )
  }
}
