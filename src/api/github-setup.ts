import type { FastifyReply, FastifyRequest } from 'fastify'
import { addressOf, type Config } from '../config/config.ts'
import { isQaackError, QaackError } from '../errors.ts'
import { isHostFailure } from '../hosts/failure.ts'
import type { Parts } from '../parts.ts'
import type { App } from './app.ts'
import { callerOf } from './authenticate.ts'
import { hashToken, isOwnPage, tokenOf } from './caller.ts'
import type { GithubConnect } from './github-connect.ts'
import { githubPage } from './github-page.ts'
import { overviewOf } from './github-overview.ts'
import { choosePage, confirmPage, elsewherePage, problemPage, signInPage } from './github-setup-page.ts'
import { sendPage } from './page.ts'
import { problemOf } from './problem.ts'

/** Largest form that is read, in bytes. */
const formLimit = 16_384

/** Pages for people: how GitHub is connected, and what is. All of them ask for a token, kept as the cookie of the API. */
export function githubSetupRoutes(
  app: App,
  parts: Parts,
  given: { connect: GithubConnect; adminToken: string },
): void {
  const { config } = parts
  const { connect } = given
  void app.register((scope: App, _options, done) => {
    acceptOnlyForms(scope)
    scope.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))

    page(scope, 'GET', '/github', async (_request, reply) => {
      if (connect.source() !== null) {
        const unused = config.github ? (connect.saved()?.name ?? null) : null
        return sendPage(reply, githubPage(await overviewOf(parts, connect), unused, parts.clock.now()))
      }
      const reach = await connect.reach()
      return sendPage(reply, choosePage({ reach, problem: null, fields: new URLSearchParams() }))
    })

    page(scope, 'POST', '/github/new', async (request, reply) => {
      const fields = fieldsOf(request)
      try {
        return sendPage(reply, confirmPage(await connect.propose(sessionOf(request), fields)))
      } catch (error) {
        if (!isQaackError(error, 'invalid')) throw error
        const reach = await connect.reach()
        return sendPage(reply.code(422), choosePage({ reach, problem: error.message, fields }))
      }
    })

    page(scope, 'GET', '/github/connected', async (request, reply) => {
      if (request.caller?.readOnly) throw new QaackError('read_only', 'this token may only read')
      const { code, state } = answerOf(request) ?? { code: '', state: '' }
      await connect.finish(sessionOf(request), code, state)
      return reply.redirect('/github', 303)
    })

    page(scope, 'POST', '/github/retry', async (_request, reply) => {
      await connect.retry()
      return reply.redirect('/github', 303)
    })

    page(scope, 'POST', '/github/disconnect', async (_request, reply) => {
      await connect.forget()
      return reply.redirect('/github', 303)
    })

    scope.route({
      method: 'POST',
      url: '/github/token',
      config: { open: true },
      schema: { hide: true },
      handler: async (request, reply) => {
        const fields = fieldsOf(request)
        const token = (fields.get('token') ?? '').trim()
        await signIn(parts, request, token, given.adminToken)
        const back = new URLSearchParams([...fields].filter(([name]) => name === 'code' || name === 'state'))
        return reply
          .header('set-cookie', cookieOf(token, config))
          .redirect(back.size === 2 ? `/github/connected?${back.toString()}` : '/github', 303)
      },
    })
    done()
  })

  function page(
    scope: App,
    method: 'GET' | 'POST',
    url: string,
    answer: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  ): void {
    scope.route({
      method,
      url,
      // What changes something must not be done for those who only ask whether it is there.
      exposeHeadRoute: url !== '/github/connected',
      schema: { hide: true },
      handler: async (request, reply) => {
        if (isElsewhere(request, config) && connect.source() === null)
          sendPage(reply, elsewherePage(addressOf(config.baseUrl)))
        else await answer(request, reply)
        return reply
      },
    })
  }

  function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (isQaackError(error) && asksForToken.includes(error.code)) {
      if (isElsewhere(request, config) && connect.source() === null)
        return sendPage(reply, elsewherePage(addressOf(config.baseUrl)))
      const isFirst = error.code === 'unauthenticated'
      const problem = isFirst ? null : error.message
      return sendPage(
        reply.code(isFirst ? 401 : error.status),
        signInPage({ problem, back: answerOf(request) }),
      )
    }
    if (isHostFailure(error)) return sendPage(reply.code(502), problemPage(error.message))
    const { status, body, ours } = problemOf(error, request.id)
    if (ours) parts.logger.error({ err: error, request: request.id }, 'GitHub could not be connected')
    sendPage(reply.code(status), problemPage(body.error))
  }
}

const asksForToken = ['unauthenticated', 'unauthorized', 'read_only']

function acceptOnlyForms(scope: App): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: formLimit },
    (_request, body, finish) => finish(null, new URLSearchParams(body as string)),
  )
}

function fieldsOf({ body }: FastifyRequest): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams()
}

/** What GitHub sent the browser back with, also while that is asked for a token in between. */
function answerOf(request: FastifyRequest): { code: string; state: string } | null {
  const query = new URLSearchParams(request.url.split('?').slice(1).join('?'))
  const fields = request.method === 'POST' ? fieldsOf(request) : query
  const [code, state] = [fields.get('code'), fields.get('state')]
  return code === null || state === null ? null : { code, state }
}

/** The cookie would be missing when GitHub sends the browser back to our own address. */
function isElsewhere({ headers }: FastifyRequest, { baseUrl }: Config): boolean {
  return headers.host?.toLowerCase() !== new URL(addressOf(baseUrl)).host
}

/** What names the session of a browser: a hash of its token, so that no other token can end what this one began. */
function sessionOf({ headers }: FastifyRequest): string {
  return hashToken(tokenOf(headers)?.token ?? '')
}

async function signIn(
  parts: Parts,
  { headers }: FastifyRequest,
  token: string,
  adminToken: string,
): Promise<void> {
  const { baseUrl } = parts.config
  if (!isOwnPage(headers, [addressOf(baseUrl), addressOf(baseUrl, 'panel')]))
    throw new QaackError('cross_site', 'another site made the browser sign in; only our own pages may')
  const caller = await callerOf(parts, { 'x-qaack-token': token }, hashToken(adminToken))
  if (caller.readOnly) throw new QaackError('read_only', 'this token may only read; use one that may write')
  if (!/^[^\s;,"\\]+$/.test(token))
    throw new QaackError('unauthorized', 'this token has characters that no cookie can hold; use another one')
}

/** For this host alone: previews live below it. Lax, because GitHub sends the browser back with a link. */
function cookieOf(token: string, { baseUrl }: Config): string {
  return `token=${token}; Path=/; HttpOnly; SameSite=Lax${baseUrl.scheme === 'https' ? '; Secure' : ''}`
}
