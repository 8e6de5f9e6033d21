import { z } from 'zod'
import type { Delivery, Received } from '../host.ts'
import { actionAtStart, whyNotFollowed } from './followed-actions.ts'
import type { Me } from './me.ts'
import { acted, refEvent } from './payloads.ts'
import { receiveCheckRun, receiveCheckSuite, receiveComment, receivePull } from './receive-change.ts'
import {
  receiveInstallation,
  receiveInstallationRepositories,
  receiveRepository,
} from './receive-repository.ts'
import { hostRepository } from './translate.ts'

/** Reads a payload that was parsed. Throws ZodError if it is not what it should be. */
type Reader = (payload: unknown, me: Me | null) => Received

const readers = new Map<string, Reader>([
  ['push', receiveRefs],
  ['create', receiveRefs],
  ['delete', receiveRefs],
  ['pull_request', receivePull],
  ['issue_comment', receiveComment],
  ['check_run', receiveCheckRun],
  ['check_suite', receiveCheckSuite],
  ['installation', receiveInstallation],
  ['installation_repositories', receiveInstallationRepositories],
  ['repository', receiveRepository],
  ['ping', () => ({ ignored: 'GitHub only tried whether we answer' })],
])

/** What a webhook call of GitHub's means. `me` is the app that we are, null while we are none. */
export function receive({ event, payload }: Delivery, me: Me | null): Received {
  const read = readers.get(event)
  if (!read) return { ignored: `nothing depends on events of kind ${event}` }
  const early = whyNotFollowed(event, actionAtStart(payload))
  if (early !== undefined) return { ignored: early }
  try {
    const parsed: unknown = JSON.parse(payload)
    // It need not stand first.
    const late = whyNotFollowed(event, acted.safeParse(parsed).data?.action)
    return late === undefined ? read(parsed, me) : { ignored: late }
  } catch (error) {
    if (error instanceof SyntaxError) return { ignored: `the payload of ${event} is not JSON` }
    if (error instanceof z.ZodError)
      return { ignored: `the payload of ${event} is not as GitHub sends it: ${faultOf(error)}` }
    throw error
  }
}

function receiveRefs(payload: unknown): Received {
  const { repository, installation } = refEvent.parse(payload)
  return {
    events: [{ kind: 'refs-changed', repository: hostRepository(repository, installation?.id) }],
  }
}

function faultOf(error: z.ZodError): string {
  const issue = error.issues[0]
  return `${issue?.path.join('.') || 'all of it'}: ${issue?.message ?? 'wrong'}`
}
