import { createHmac } from 'node:crypto'

export const receiveHosts = ['github', 'gitlab'] as const
export type ReceiveHost = (typeof receiveHosts)[number]

/** A delivery as it is handed over once more. */
export interface Resent {
  event: string
  delivery: string
  payload: string
  secret: string
}

/** Where a host's calls go, and the headers by which one proves where it comes from. */
export const sendings: Record<
  ReceiveHost,
  { path: string; headersOf: (resent: Resent) => Record<string, string> }
> = {
  github: {
    path: '/api/github/webhooks',
    headersOf: ({ event, delivery, payload, secret }) => ({
      'x-github-event': event,
      'x-github-delivery': delivery,
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`,
    }),
  },
  gitlab: {
    path: '/api/gitlab/webhooks',
    headersOf: ({ event, delivery, secret }) => ({
      'x-gitlab-event': event,
      'idempotency-key': delivery,
      'x-gitlab-token': secret,
    }),
  },
}
