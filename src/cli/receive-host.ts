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

export interface Sending {
  path: string
  /** Those by which a call proves where it comes from. */
  headersOf: (resent: Resent) => Record<string, string>
  /** In the environment, what names the secret for that. */
  setting: string
}

/** How a host's calls are made. */
export const sendings: Record<ReceiveHost, Sending> = {
  github: {
    setting: 'WEBHOOK_SECRET',
    path: '/api/github/webhooks',
    headersOf: ({ event, delivery, payload, secret }) => ({
      'x-github-event': event,
      'x-github-delivery': delivery,
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`,
    }),
  },
  gitlab: {
    setting: 'GITLAB_WEBHOOK_SECRET',
    path: '/api/gitlab/webhooks',
    headersOf: ({ event, delivery, secret }) => ({
      'x-gitlab-event': event,
      'idempotency-key': delivery,
      'x-gitlab-token': secret,
    }),
  },
}
