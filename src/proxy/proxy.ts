import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { messageOf } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Store } from '../stores/store.ts'
import { admit, type Admission } from './admit.ts'
import { answerRedirect, answerState, answerText } from './answer.ts'
import { failureOf } from './failure.ts'
import type { Forwarder, Passage } from './forward.ts'
import { hostHeader } from './host.ts'
import { livePath, type Live } from './live.ts'
import { loadFacts } from './load-facts.ts'
import { pageOf, type Page } from './state-page-facts.ts'
import { redirectOf } from './redirect.ts'
import { route, type Route } from './route.ts'
import type { EnvironmentTable } from './table.ts'
import { tunnel } from './tunnel.ts'

export interface ProxyParts {
  store: Store
  config: Config
  clock: Clock
  logger: Logger
  /** Answers what is asked of the base domain. */
  api: (request: IncomingMessage, response: ServerResponse) => void
  table: EnvironmentTable
  live: Live
  forwarder: Forwarder
}

type Place = Extract<Route, { kind: 'environment' }>
type Forward = Extract<Admission, { kind: 'forward' }>

/** Each request's way: whom is it for, may it go there, and either on to the service or back with the state. */
export class Proxy {
  readonly #parts: ProxyParts

  constructor(parts: ProxyParts) {
    this.#parts = parts
  }

  /** `expectant`: the client waits for our word before it sends the body. */
  handle(request: IncomingMessage, response: ServerResponse, expectant = false): void {
    const place = this.#routeOf(request)
    if (place.kind === 'invalid') return answerText(request, response, 400, place.reason)
    if (place.kind === 'unknown') return this.#unknown(request, response, place)
    if (place.kind === 'api') {
      if (expectant) response.writeContinue()
      return this.#parts.api(request, response)
    }
    const { environment, service, path } = place
    if (isLive(path)) return this.#parts.live.open(request, response, { id: environment.id, service, path })
    const admission = admit(environment, service)
    if (admission.kind !== 'forward') {
      const status = admission.kind === 'wait' ? 503 : 404
      return this.#state(request, response, place, pageOf(environment, admission), status)
    }
    if (expectant) response.writeContinue()
    this.#parts.forwarder.forward(request, response, this.#passage(place, admission), (error) =>
      this.#unanswered(request, response, place, admission, error),
    )
  }

  /**
   * Whether an upgrade is passed on as such; all else is answered like a request without one. Not passed on are HTTP/2,
   * which would open a way to the service that is not checked, and requests with a body.
   */
  takesUpgrade(request: IncomingMessage): boolean {
    const { upgrade, 'content-length': length, 'transfer-encoding': encoding } = request.headers
    if (/\bh2c?\b/i.test(upgrade ?? '') || encoding !== undefined || (length ?? '0') !== '0') return false
    const place = this.#routeOf(request)
    return (
      place.kind === 'environment' &&
      !isLive(place.path) &&
      admit(place.environment, place.service).kind === 'forward'
    )
  }

  upgrade(request: IncomingMessage, client: Socket, early: Buffer): void {
    const place = this.#routeOf(request)
    const admission = place.kind === 'environment' ? admit(place.environment, place.service) : undefined
    if (place.kind !== 'environment' || admission?.kind !== 'forward') return void client.destroy()
    tunnel(request, client, early, this.#passage(place, admission), (response, error) =>
      this.#unanswered(request, response, place, admission, error),
    )
  }

  #routeOf(request: IncomingMessage): Route {
    const header = request.headers['qaack-env-id']
    const asked = {
      host: hostHeader(request.rawHeaders),
      header: typeof header === 'string' ? header : undefined,
      url: request.url ?? '',
    }
    return route(asked, this.#parts.config.baseUrl, this.#parts.table)
  }

  #passage({ path, host }: Place, { target, stale }: Forward): Passage {
    return { target, path, host, stale, base: this.#parts.config.baseUrl }
  }

  #unknown(
    request: IncomingMessage,
    response: ServerResponse,
    { host, path }: { host: string; path: string },
  ): void {
    const url = redirectOf(path)
    if (url !== undefined) return answerRedirect(request, response, url)
    const reason = `No preview has the address ${host}. It may have been deleted, or the address has a typing error.`
    const { config, clock } = this.#parts
    const facts = { state: 'unknown', reason, environment: null } as const
    answerState(request, response, facts, { status: 404, custom: config.statePage, now: clock.now() })
  }

  #unanswered(
    request: IncomingMessage,
    response: ServerResponse,
    place: Place,
    { service }: Forward,
    error: Error,
  ): void {
    const { status, reason } = failureOf(error)
    const environment = place.environment.id
    this.#parts.logger.debug({ environment, service, error: messageOf(error) }, 'a service did not answer')
    const page = { state: 'unanswering', reason: `Service ${service} ${reason}.` } as const
    this.#state(request, response, place, page, status)
  }

  #state(
    request: IncomingMessage,
    response: ServerResponse,
    { environment }: Place,
    page: Page,
    status: number,
  ): void {
    const { store, config, clock, logger } = this.#parts
    loadFacts(store, config.baseUrl, environment, page)
      .then((facts) =>
        answerState(request, response, facts, { status, custom: config.statePage, now: clock.now() }),
      )
      .catch((error: unknown) => {
        logger.error({ err: error, environment: environment.id }, 'the state page could not be made')
        if (!response.headersSent) answerText(request, response, 503, page.reason)
      })
  }
}

function isLive(path: string): boolean {
  return path.startsWith(livePath) && (path.length === livePath.length || path[livePath.length] === '?')
}
