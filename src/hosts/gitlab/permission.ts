import { z } from 'zod'
import { isHostFailure } from '../failure.ts'
import { ask, type ProjectAsker } from './ask.ts'
import { member, user } from './payloads.ts'

/** GitLab's number for it; the least that may push. */
const developer = 30

/** Whether a person may push. Somebody whom GitLab does not know there may not. */
export async function mayWrite(at: ProjectAsker, person: string): Promise<boolean> {
  const found = await ask(at, 'GET', 'users', { query: { username: person } }, z.array(user))
  const known = found.find(({ username }) => username.toLowerCase() === person.toLowerCase())
  if (!known) return false
  try {
    // Also those of the groups around it, and of groups that it is shared with.
    const path = `projects/${at.project}/members/all/${known.id}`
    const { access_level, state } = await ask(at, 'GET', path, {}, member)
    return access_level >= developer && (state ?? 'active') === 'active'
  } catch (error) {
    if (isHostFailure(error, 'gone')) return false
    throw error
  }
}
