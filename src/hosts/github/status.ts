import type { StatusReport } from '../../reports/report.ts'
import { ask, each, type RepositoryAsker } from './ask.ts'
import { cutLine } from '../cut.ts'
import { made, status } from './payloads.ts'

const context = 'qaack'

/** Says how it is with a commit, unless that is what was said last: statuses can be added only. */
export async function publishStatus(at: RepositoryAsker, wish: StatusReport): Promise<string> {
  const { hash, state, url } = wish
  const description = cutLine(wish.description, 140)
  const last = await newest(at, hash)
  if (last?.state === state && last.description === description && last.target_url === url) return last.id
  const route = 'POST /repos/{owner}/{repo}/statuses/{sha}'
  return (await ask(at, route, { sha: hash, context, state, description, target_url: url }, made)).id
}

/** GitHub lists the newest first. */
async function newest(at: RepositoryAsker, hash: string) {
  for await (const one of each(at, 'GET /repos/{owner}/{repo}/commits/{ref}/statuses', { ref: hash }, status))
    if (one.context === context) return one
  return undefined
}
