import { createRequire } from 'node:module'

/** Payloads that GitHub really sent, of every kind of event: recorded by the makers of its webhook libraries. */
export interface Example {
  event: string
  action: string | null
  payload: Record<string, unknown>
}

const load = createRequire(import.meta.url)

export const examples: Example[] = ['api.github.com', 'ghes-31'].flatMap((server) => {
  const kinds = load(`@octokit/webhooks-examples/${server}/index.json`) as {
    name: string
    examples: Record<string, unknown>[]
  }[]
  return kinds.flatMap(({ name, examples: payloads }) =>
    payloads.map((payload) => ({
      event: name,
      action: typeof payload.action === 'string' ? payload.action : null,
      payload,
    })),
  )
})

/** The first of its kind. */
export function example(event: string, action: string | null = null): Record<string, unknown> {
  const found = examples.find((one) => one.event === event && one.action === action)
  if (!found) throw new Error(`there is no example of ${event} ${action ?? ''}`)
  return structuredClone(found.payload)
}
