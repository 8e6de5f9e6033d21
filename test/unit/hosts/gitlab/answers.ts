import { createAccess } from '../../../../src/hosts/gitlab/access.ts'
import type { GitlabConfig } from '../../../../src/config/config.ts'
import { ManualClock } from '../../../fakes/clock.ts'

export const settings: GitlabConfig = {
  url: 'https://gitlab.example.com',
  token: 'glpat-settings',
  webhookSecret: 'of the settings',
  groups: [],
}

export interface Asked {
  method: string
  url: string
  headers: Record<string, string>
  body: string | undefined
}

/** A GitLab that answers by path and query, keeps book, and knows nothing else. */
export function gitlabThatAnswers(answers: Record<string, () => Response | Promise<Response>>) {
  const asked: Asked[] = []
  const clock = new ManualClock()
  const fetch: typeof globalThis.fetch = (input, init = {}) => {
    const url = input instanceof Request ? input.url : input.toString()
    const { method = 'GET', headers, body } = init
    asked.push({
      method,
      url,
      headers: { ...(headers as Record<string, string>) },
      body: typeof body === 'string' ? body : undefined,
    })
    const { origin, pathname, search } = new URL(url)
    const path = `${method} ${origin}${pathname}${search}`
    const found = Object.entries(answers).find(([end]) => path.endsWith(end))
    const answer = found ? found[1]() : Response.json({ message: '404 Not found' }, { status: 404 })
    return Promise.race([answer, aborted(init.signal ?? undefined)])
  }
  const parts = { config: settings, clock, fetch }
  return { asked, clock, parts, access: createAccess(parts) }
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) =>
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  )
}
