import { randomBytes } from 'node:crypto'
import { at, objectOf, parseJson, textAt, type Json } from './json.ts'
import { appRecord } from './present.ts'
import { answer, Refusal, type ApiRequest, type Route, type World } from './world.ts'

export interface Page {
  status: number
  headers: Record<string, string>
  body: string
}

export const manifestRoutes: Route[] = [['POST', '/app-manifests/:code/conversions', convert]]

/**
 * The page an app's manifest is posted to. GitHub asks its user once more; here the answer is yes: back to the
 * manifest's `redirect_url`, with a code and the state.
 */
export function registrationPage(
  world: World,
  path: string,
  query: URLSearchParams,
  form: string,
): Page | undefined {
  if (!/^(\/organizations\/[^/]+)?\/settings\/apps\/new$/.test(path)) return undefined
  const text = new URLSearchParams(form).get('manifest')
  if (text === null) return page(200, 'Register a GitHub App: post the field "manifest" here.')
  const manifest = objectOf(parseJson(text))
  const fault = manifestFault(manifest)
  if (fault) return page(422, fault)
  const code = randomBytes(20).toString('hex')
  world.manifest.codes.set(code, manifest)
  world.manifest.latest = manifest
  const back = new URL(textAt(manifest, 'redirect_url'))
  back.searchParams.set('code', code)
  const state = query.get('state') ?? new URLSearchParams(form).get('state')
  if (state !== null) back.searchParams.set('state', state)
  return { status: 302, headers: { location: back.href }, body: '' }
}

/** The app is the one there is; its webhooks go from now on to where the manifest says. */
function convert(request: ApiRequest, params: Record<string, string>) {
  const { world } = request
  const manifest = world.manifest.codes.get(params.code ?? '')
  if (!manifest) throw new Refusal(404, 'Not Found')
  world.manifest.codes.delete(params.code ?? '')
  const { app } = world.seed
  const url = textAt(manifest, 'hook_attributes', 'url')
  if (url && at(manifest, 'hook_attributes', 'active') !== false) world.deliveries.url = url
  return Promise.resolve(
    answer(201, {
      ...appRecord(world),
      external_url: textAt(manifest, 'url'),
      client_id: app.clientId,
      client_secret: app.clientSecret,
      webhook_secret: app.webhookSecret,
      pem: app.privateKey,
    }),
  )
}

function manifestFault(manifest: Json): string | undefined {
  if (textAt(manifest, 'url') === '') return 'Invalid GitHub App configuration: url is missing.'
  if (manifest.hook_attributes !== undefined && textAt(manifest, 'hook_attributes', 'url') === '')
    return 'Invalid GitHub App configuration: hook_attributes.url is missing.'
  for (const key of ['url', 'redirect_url', 'setup_url'])
    if (manifest[key] !== undefined && !URL.canParse(textAt(manifest, key)))
      return `Invalid GitHub App configuration: ${key} must be a valid URL.`
  if (textAt(manifest, 'redirect_url') === '')
    return 'Invalid GitHub App configuration: redirect_url is missing.'
  return undefined
}

function page(status: number, text: string): Page {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${text}\n` }
}
