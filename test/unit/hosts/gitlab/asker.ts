import { createClient } from '../../../../src/hosts/gitlab/client.ts'
import type { ProjectAsker } from '../../../../src/hosts/gitlab/ask.ts'
import { ManualClock } from '../../../fakes/clock.ts'

export interface Asked {
  method: string
  /** Below the project. */
  path: string
  body: Record<string, unknown>
}

export interface Told {
  status?: number
  body?: unknown
}

/** Who asks about project 42 as user 14; `answers` plays GitLab. */
export async function askerOf(
  answers: (asked: Asked) => Told,
): Promise<{ at: ProjectAsker; asked: Asked[] }> {
  const asked: Asked[] = []
  const clock = new ManualClock()
  const play: typeof fetch = (input, init) => {
    const path = new URL(typeof input === 'string' ? input : '').pathname.replace('/api/v4/projects/42/', '')
    const text = typeof init?.body === 'string' ? init.body : '{}'
    const one = { method: init?.method ?? '', path, body: JSON.parse(text) as Asked['body'] }
    asked.push(one)
    const { status = 200, body = {} } = answers(one)
    return Promise.resolve(new Response(status === 204 ? null : JSON.stringify(body), { status }))
  }
  const client = await createClient({ clock, fetch: play }, 'http://gitlab.test', 'glpat')
  const me = () => Promise.resolve({ id: '14', username: 'qaack-bot' })
  return { at: { client, clock, project: '42', me }, asked }
}
