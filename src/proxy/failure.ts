/** Why a service that should have answered did not; `status` for the client. */
export interface Failure {
  status: 400 | 502 | 503 | 504
  /** Ends the sentence `Service web …`. */
  reason: string
}

/** Sorts what went wrong on the way to a service, by the code of the error. */
export function failureOf(error: unknown): Failure {
  const code = codeOf(error)
  const known = failures[code]
  if (known) return known
  if (code.startsWith('HPE_') || (error instanceof Error && error.name === 'HTTPParserError')) return notHttp
  return { status: 502, reason: 'closed the connection without an answer' }
}

/** Whether the connection ended before anything came back, as one does that the service closed for idleness just then. */
export function wasClosed(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error))
}

const refused: Failure = { status: 503, reason: 'does not accept connections on its port' }
const unreachable: Failure = { status: 503, reason: 'cannot be reached' }
const notHttp: Failure = { status: 502, reason: 'answered with something that is not HTTP' }

const failures: Partial<Record<string, Failure>> = {
  ECONNREFUSED: refused,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EHOSTDOWN: unreachable,
  ETIMEDOUT: unreachable,
  UND_ERR_CONNECT_TIMEOUT: unreachable,
  UND_ERR_HEADERS_TIMEOUT: { status: 504, reason: 'did not answer in time' },
  UND_ERR_HEADERS_OVERFLOW: { status: 502, reason: 'answered with more headers than fit' },
  UND_ERR_INVALID_ARG: {
    status: 400,
    reason: 'was not asked, because the request cannot be passed on as it is',
  },
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: {
    status: 400,
    reason: 'was sent less or more than Content-Length says',
  },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: notHttp,
  ERR_INVALID_CHAR: notHttp,
  ERR_HTTP_INVALID_STATUS_CODE: notHttp,
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
