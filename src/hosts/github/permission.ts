import { isHostFailure } from '../failure.ts'
import { ask, type RepositoryAsker } from './ask.ts'
import { permission } from './payloads.ts'

/** Whether a person may push. Somebody whom GitHub does not know there may not. */
export async function mayWrite(at: RepositoryAsker, person: string): Promise<boolean> {
  try {
    const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission'
    const answer = await ask(at, route, { username: person }, permission)
    return ['admin', 'maintain', 'write'].includes(answer.permission)
  } catch (error) {
    if (isHostFailure(error, 'gone')) return false
    throw error
  }
}
