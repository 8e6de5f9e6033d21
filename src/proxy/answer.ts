import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PageFacts } from './state-page-facts.ts'
import { contentSecurityPolicy, statePage } from './state-page.ts'
import { words } from './state-page-words.ts'

/** Answers instead of a service: the state page for a browser, JSON for everything else. */
export function answerState(
  request: IncomingMessage,
  response: ServerResponse,
  facts: PageFacts,
  options: { status: number; custom: { title: string; message: string }; now: number },
): void {
  const { error, retryAfter } = words[facts.state]
  const forPeople = request.headers.accept?.includes('text/html') ?? false
  const body = forPeople
    ? statePage(facts, options.custom, options.now)
    : `${JSON.stringify({ error, status: facts.environment?.state ?? 'unknown', reason: facts.reason, environment: facts.environment?.id ?? null })}\n`
  send(request, response, options.status, body, {
    'Content-Type': forPeople ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8',
    'Retry-After': String(retryAfter),
    Vary: 'Accept',
    'x-qaack-state': facts.state,
    ...(forPeople
      ? { 'Content-Security-Policy': contentSecurityPolicy, 'Referrer-Policy': 'no-referrer' }
      : {}),
  })
}

/** Answers with one line of plain text. */
export function answerText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  send(request, response, status, `${text}\n`, { 'Content-Type': 'text/plain; charset=utf-8' })
}

export function answerRedirect(request: IncomingMessage, response: ServerResponse, url: string): void {
  send(request, response, 302, '', { Location: url })
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string>,
): void {
  response.writeHead(status, {
    ...headers,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Robots-Tag': 'noindex, nofollow',
    'X-Content-Type-Options': 'nosniff',
    // A body that nobody wants is not worth receiving.
    ...(request.complete || !hasBody(request) ? {} : { Connection: 'close' }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}
