import type { LocalGitlab } from '../../../fakes/gitlab/start.ts'

export const shop = '/projects/acme%2Fshop'

export interface Answered {
  status: number
  headers: Headers
  answer: unknown
}

/** The double, asked without any client between: what comes back is what it said, whatever that is. */
export interface Asking {
  /** As somebody, or as nobody. */
  ask: (token: string | undefined, method: string, path: string, body?: unknown) => Promise<Answered>
  /** As qaack-bot. */
  bot: (method: string, path: string, body?: unknown) => Promise<Answered>
  /** A branch of ada's and a merge request for it. */
  offer: (branch: string) => Promise<{ iid: number; sha: string }>
}

export function asking(gitlab: () => LocalGitlab): Asking {
  const ask: Asking['ask'] = async (token, method, path, body) => {
    const response = await fetch(`${gitlab().url}/api/v4${path}`, {
      method,
      headers: {
        ...(token !== undefined && { 'private-token': token }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer = text === '' ? undefined : (JSON.parse(text) as unknown)
    return { status: response.status, headers: response.headers, answer }
  }
  return {
    ask,
    bot: (method, path, body) => ask(gitlab().token, method, path, body),
    offer: async (branch) => {
      const ada = gitlab().user('ada')
      const sha = await ada.push(branch, `work on ${branch}`, { 'greeting.txt': `${branch}\n` })
      return { iid: await ada.openChange({ title: `Change ${branch}`, from: branch }), sha }
    },
  }
}
