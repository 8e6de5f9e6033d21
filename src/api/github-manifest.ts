import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { z } from 'zod'
import { addressOf, type BaseUrl } from '../config/config.ts'
import { QaackError } from '../errors.ts'

/** Where GitHub is, as the settings name it: host of a GitHub Enterprise Server, or null for github.com. */
export interface GithubPlace {
  gheHost: string | null
  gheProtocol: 'http' | 'https'
}

/** What somebody wants an app made for, checked. */
export interface AppWish extends GithubPlace {
  /** null = the account of who makes it. */
  organisation: string | null
  /** A webhook relay that hands calls on to us; null = GitHub calls us itself. */
  relay: string | null
}

/** What GitHub is asked for, as GitHub names it. */
export interface Manifest {
  name: string
  url: string
  description?: string
  hook_attributes: { url: string; active: true }
  redirect_url: string
  setup_url: string
  public: false
  default_permissions: Record<string, string>
  default_events: string[]
}

const appFacts = z.object({
  name: z.string().default('Qaack'),
  description: z.string().optional(),
  url: z.string().optional(),
  default_permissions: z.record(z.string(), z.string()),
  default_events: z.array(z.string()),
})

export type AppFacts = z.output<typeof appFacts>

/** What stands in our app.yml. */
export function readAppFacts(): AppFacts {
  return appFacts.parse(load(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')))
}

/** Longest name of an app, in characters. */
const longestName = 34

/** The app that GitHub shall make. Names are unique at GitHub, so ours tells which server it is; people may change it there. */
export function manifestOf(facts: AppFacts, base: BaseUrl, wish: AppWish): Manifest {
  const address = addressOf(base)
  return {
    name: `${facts.name} ${base.domain}`.slice(0, longestName).replace(/[^A-Za-z0-9]+$/, ''),
    url: facts.url ?? address,
    ...(facts.description === undefined ? {} : { description: facts.description }),
    hook_attributes: { url: wish.relay ?? hookOf(base), active: true },
    redirect_url: `${address}/github/connected`,
    setup_url: `${address}/github`,
    public: false,
    default_permissions: facts.default_permissions,
    default_events: facts.default_events,
  }
}

/** Where GitHub's calls come in. */
export function hookOf(base: BaseUrl): string {
  return `${addressOf(base)}/api/github/webhooks`
}

/** Where people go, e.g. `https://github.com`. */
export function siteOf({ gheHost, gheProtocol }: GithubPlace): string {
  return gheHost === null ? 'https://github.com' : `${gheProtocol}://${gheHost}`
}

/** Where programs go. */
export function apiOf(place: GithubPlace): string {
  return place.gheHost === null ? 'https://api.github.com' : `${siteOf(place)}/api/v3`
}

/** The page that takes a manifest, for a form. */
export function newAppPage(wish: AppWish, state: string): string {
  const owner = wish.organisation === null ? '' : `/organizations/${encodeURIComponent(wish.organisation)}`
  return `${siteOf(wish)}${owner}/settings/apps/new?state=${encodeURIComponent(state)}`
}

/** A wish from the fields of the form. QaackError `invalid` names the field. */
export function wishOf(fields: URLSearchParams): AppWish {
  const organisation = (fields.get('organisation') ?? '').trim()
  if (!/^([A-Za-z0-9][A-Za-z0-9_-]{0,99})?$/.test(organisation))
    throw new QaackError(
      'invalid',
      `${quoted(organisation)} is no name of an organisation; write it as it stands in its address, such as acme`,
      { path: 'organisation' },
    )
  return {
    ...placeOf((fields.get('github') ?? '').trim()),
    organisation: organisation === '' ? null : organisation,
    relay: relayOf((fields.get('relay') ?? '').trim()),
  }
}

function placeOf(address: string): GithubPlace {
  const url = URL.parse(address === '' ? 'https://github.com' : address)
  if (!url || !isPlain(url) || url.pathname !== '/' || url.search !== '')
    throw new QaackError(
      'invalid',
      `${quoted(address)} is no address of a GitHub server; write it like https://github.example.org`,
      { path: 'github' },
    )
  if (/^(www\.|api\.)?github\.com$/.test(url.hostname)) return { gheHost: null, gheProtocol: 'https' }
  return { gheHost: url.host, gheProtocol: url.protocol === 'http:' ? 'http' : 'https' }
}

function relayOf(address: string): string | null {
  if (address === '') return null
  const url = URL.parse(address)
  if (url && isPlain(url)) return url.href
  throw new QaackError(
    'invalid',
    `${quoted(address)} is no address of a webhook relay; write it like https://relay.example.org/a1b2c3`,
    { path: 'relay' },
  )
}

function isPlain(url: URL): boolean {
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.hash === ''
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
