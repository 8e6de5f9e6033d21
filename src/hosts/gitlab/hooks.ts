import { createHash } from 'node:crypto'
import { isHostFailure, unlessGone } from '../failure.ts'
import { hook, type Hook } from './answers.ts'
import { anything, ask, each, type ProjectAsker } from './ask.ts'

const events = ['push_events', 'tag_push_events', 'merge_requests_events', 'note_events']

/**
 * Makes the one webhook of a project that calls `url` and brings `secret` with it, or makes the one that is there right
 * again. What GitLab switched off after failures an edit does not switch on: that one is made anew. Doubles go. One that has
 * the secret `other` is left alone, too.
 */
export async function keepHook(
  at: ProjectAsker,
  url: string,
  secret: string,
  other?: string,
): Promise<'made' | 'repaired' | 'kept'> {
  const found = await list(at, url)
  const wanted = wantedOf(url, secret)
  const usable = found.filter(isOn)
  const [kept] = usable
  if (!kept) await ask(at, 'POST', hooks(at), { body: wanted }, anything)
  // Others may do the same now: the oldest that is on is what all of us keep.
  const all = kept ? found : await list(at, url)
  const [stays] = all.filter(isOn)
  for (const double of all) if (double.id !== stays?.id) await remove(at, double)
  if (!kept || !stays) return found.length === 0 ? 'made' : 'repaired'
  const hasOther = other !== undefined && stays.description === descriptionOf(other)
  const faults = faultsOf(stays, hasOther ? wantedOf(url, other) : wanted)
  const isRight = Object.keys(faults).length === 0
  if (!isRight || !tellsSecret(stays))
    await ask(at, 'PUT', `${hooks(at)}/${stays.id}`, { body: { ...wanted, ...faults } }, anything)
  return isRight && all.length === 1 ? 'kept' : 'repaired'
}

/** Removes each that calls `url`. Safe twice, also where the project is not there any more. */
export async function removeHook(at: ProjectAsker, url: string): Promise<void> {
  for (const one of await listUnlessGone(at, url)) await remove(at, one)
}

async function listUnlessGone(at: ProjectAsker, url: string): Promise<Hook[]> {
  try {
    return await list(at, url)
  } catch (error) {
    if (isHostFailure(error, 'gone')) return []
    throw error
  }
}

/** Oldest first. */
async function list(at: ProjectAsker, url: string): Promise<Hook[]> {
  const found: Hook[] = []
  for await (const one of each(at, hooks(at), {}, hook)) if (one.url === url) found.push(one)
  return found.sort((a, b) => a.id - b.id)
}

function isOn({ alert_status }: Hook): boolean {
  return (alert_status ?? 'executable') === 'executable'
}

/**
 * GitLab never gives a secret back, so what is in the hook cannot be compared: the description says which one it was made
 * with, by a hash that is too short to be of use to anybody else. What else a hook has is compared field by field.
 */
function wantedOf(url: string, secret: string): Record<string, unknown> {
  return {
    url,
    token: secret,
    name: 'Qaack',
    description: descriptionOf(secret),
    enable_ssl_verification: true,
    push_events_branch_filter: '',
    ...Object.fromEntries(events.map((event) => [event, true])),
  }
}

function descriptionOf(secret: string): string {
  const hash = createHash('sha256').update(`qaack hook ${secret}`).digest('hex').slice(0, 12)
  return `Kept as it is by Qaack (${hash})`
}

/** GitLab before 16.11 has no descriptions: there the secret is written anew each time, which changes nothing if it is right. */
function tellsSecret({ description }: Hook): boolean {
  return description !== undefined
}

const compared = ['description', 'enable_ssl_verification', 'push_events_branch_filter', ...events]

/** What has to be another value, and which. */
function faultsOf(there: Hook, wanted: Record<string, unknown>): Record<string, unknown> {
  const faults: Record<string, unknown> = {}
  for (const field of compared) {
    if (field === 'description' && !tellsSecret(there)) continue
    if ((there[field] ?? '') !== wanted[field]) faults[field] = wanted[field]
  }
  // Calls that we cannot read, or only ignore. Of updates of the repository a project's hook cannot be told.
  if (there.custom_webhook_template) faults['custom_webhook_template'] = ''
  for (const [field, value] of Object.entries(there)) {
    const isOther =
      field.endsWith('_events') && !events.includes(field) && field !== 'repository_update_events'
    if (isOther && value === true) faults[field] = false
  }
  return faults
}

async function remove(at: ProjectAsker, { id }: Hook): Promise<void> {
  await unlessGone(ask(at, 'DELETE', `${hooks(at)}/${id}`, {}, anything))
}

function hooks({ project }: ProjectAsker): string {
  return `projects/${project}/hooks`
}
