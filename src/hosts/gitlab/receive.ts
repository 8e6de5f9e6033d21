import { z } from 'zod'
import type { Delivery, Received } from '../host.ts'
import type { IsOurs } from './me.ts'
import { refsEvent, systemEvent } from './payloads.ts'
import { receiveMergeRequest, receiveNote } from './receive-change.ts'
import { hostRepository } from './translate.ts'

/** Reads a payload that was parsed. Throws ZodError if it is not what it should be. */
type Reader = (payload: unknown, isOurs: IsOurs) => Received

const readers = new Map<string, Reader>([
  ['Push Hook', receiveRefs],
  ['Tag Push Hook', receiveRefs],
  ['Merge Request Hook', receiveMergeRequest],
  ['Note Hook', receiveNote],
  ['System Hook', receiveSystem],
])

/** Kinds of system hooks, by the name in their payload. */
const systemReaders = new Map<string, Reader>([
  ['push', receiveRefs],
  ['tag_push', receiveRefs],
  ['repository_update', receiveRefs],
  ['merge_request', receiveMergeRequest],
  ['project_create', receiveProjects],
  ['project_destroy', receiveProjects],
  ['project_rename', receiveProjects],
  ['project_transfer', receiveProjects],
  ['group_rename', receiveProjects],
])

/** What a webhook call of GitLab's means. */
export function receive({ event, payload }: Delivery, isOurs: IsOurs): Received {
  const read = readers.get(event)
  if (!read) return { ignored: `nothing depends on events of kind ${event}` }
  try {
    return read(JSON.parse(payload), isOurs)
  } catch (error) {
    if (error instanceof SyntaxError) return { ignored: `the payload of ${event} is not JSON` }
    if (error instanceof z.ZodError)
      return { ignored: `the payload of ${event} is not as GitLab sends it: ${faultOf(error)}` }
    throw error
  }
}

function receiveRefs(payload: unknown): Received {
  const { project } = refsEvent.parse(payload)
  const repository = hostRepository(project)
  if (!repository)
    return { ignored: `the call does not say at which GitLab ${project.path_with_namespace} is` }
  return { events: [{ kind: 'refs-changed', repository: { ...repository, connects: false } }] }
}

/** They tell of every project of the instance, and not whether it was given to us: that is compared. */
function receiveProjects(): Received {
  return { events: [{ kind: 'repositories', appeared: [], gone: [] }] }
}

function receiveSystem(payload: unknown, isOurs: IsOurs): Received {
  const { object_kind, event_name } = systemEvent.parse(payload)
  const kind = object_kind ?? event_name ?? 'without a name'
  const read = systemReaders.get(kind)
  return read ? read(payload, isOurs) : { ignored: `nothing depends on system hooks of kind ${kind}` }
}

function faultOf(error: z.ZodError): string {
  const issue = error.issues[0]
  return `${issue?.path.join('.') || 'all of it'}: ${issue?.message ?? 'wrong'}`
}
