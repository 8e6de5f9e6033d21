import { Octokit } from '@octokit/rest'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { GithubConfig } from '../config/config.ts'
import type { SavedApp } from '../config/github-app-file.ts'
import { isPrivateKey } from '../config/private-key.ts'
import { QaackError } from '../errors.ts'
import { HostFailure } from '../hosts/failure.ts'
import type { Logger } from '../logger.ts'
import { apiOf, siteOf, type GithubPlace } from './github-manifest.ts'

/** A new app with its secrets, which GitHub tells this once. */
export type NewApp = SavedApp & Pick<GithubConfig, 'privateKey' | 'webhookSecret'>

/** Milliseconds that GitHub gets to answer. */
const patience = 10_000

const answer = z.object({
  id: z.number().int().positive(),
  slug: z.string().min(1),
  name: z.string(),
  html_url: z.string().regex(/^https?:\/\//),
  owner: z.object({ login: z.string() }).nullish(),
  pem: z.string().refine(isPrivateKey),
  webhook_secret: z.string().min(1),
})

/**
 * Exchanges the code that GitHub sent the browser back with for the app it made. QaackError `invalid` for a code that GitHub
 * does not know; HostFailure `unavailable` where the same code may be tried again.
 */
export async function fetchNewApp(
  code: string,
  place: GithubPlace,
  given: { clock: Clock; logger: Logger },
): Promise<NewApp> {
  if (!/^[\w-]{1,200}$/.test(code)) throw unknownCode()
  const { id, slug, name, html_url, owner, pem, webhook_secret } = await convert(code, place, given)
  return {
    appId: id,
    slug,
    name,
    url: html_url,
    owner: owner?.login ?? null,
    ...place,
    privateKey: pem,
    webhookSecret: webhook_secret,
  }
}

async function convert(code: string, place: GithubPlace, given: { clock: Clock; logger: Logger }) {
  const { clock, logger } = given
  const octokit = new Octokit({ baseUrl: apiOf(place), log: logOf(logger) })
  const site = siteOf(place)
  const late = new Error(`${site} did not answer within ${patience / 1000} s`)
  const deadline = clock.deadline(patience, late)
  try {
    const { data } = await octokit.rest.apps.createFromManifest({
      code,
      request: { signal: deadline.signal },
    })
    const read = answer.safeParse(data)
    if (!read.success)
      throw new QaackError(
        'invalid',
        `${site} answered with an app that lacks ${read.error.issues[0]?.path.join('.') ?? 'everything'}; delete it ` +
          `there and start again, and look whether ${site} is a GitHub server.`,
      )
    return read.data
  } catch (error) {
    if (error instanceof QaackError) throw error
    if (deadline.signal.aborted) throw unavailable(late.message, error)
    throw failureOf(error, site)
  } finally {
    deadline.clear()
  }
}

function failureOf(error: unknown, site: string): Error {
  const { status, response } = Object(error) as { status?: unknown; response?: unknown }
  // Without a response it is a status that the library made up.
  if (typeof status !== 'number' || response === undefined)
    return unavailable(`${site} cannot be reached`, error)
  if (status === 404 || status === 410 || status === 422) return unknownCode(error)
  return unavailable(`${site} answered ${status}`, error)
}

function unavailable(what: string, cause: unknown): HostFailure {
  return new HostFailure('unavailable', `${what}; load this page again to ask once more.`, { cause })
}

function unknownCode(cause?: unknown): QaackError {
  return new QaackError(
    'invalid',
    'GitHub does not know the code it is said to have sent; it is good once and for an hour. Start again from the page /github of this server.',
    { path: 'code', ...(cause === undefined ? {} : { cause }) },
  )
}

/** What the library has to say is for those who look for a fault; it never tells the code or the answer. */
function logOf(logger: Logger) {
  const say = (message: string) =>
    logger.debug({}, `GitHub: ${message.replace(/app-manifests\/\S+/, 'app-manifests/…')}`)
  return { debug: say, info: say, warn: say, error: say }
}
