import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { ApplicationFunction, Probot } from 'probot'
import type { Call, Inbox } from './deliveries/inbox.ts'
import { isQaackError } from './errors.ts'

/**
 * The Probot app: whatever GitHub has signed is kept, events of which nobody knows included. What it means, and what is done
 * about it, is decided beside the answer, by the inbox.
 *
 * It is a handler before Probot's own, and answers with the same codes. Probot's own would parse every payload and make a
 * client of GitHub's API for it, which takes twice the time of all else here, for a delivery that is only put away.
 */
export function appOf(inbox: Pick<Inbox, 'receive'>): ApplicationFunction {
  return (probot, { addHandler }) => {
    addHandler(async (request, response) => {
      if (request.method !== 'POST' || pathOf(request) !== probot.webhookPath) return false
      const { status, body } = await take(probot, inbox, request)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      return true
    })
  }
}

interface Answer {
  status: number
  body: { error?: string }
}

async function take(
  probot: Probot,
  inbox: Pick<Inbox, 'receive'>,
  request: IncomingMessage,
): Promise<Answer> {
  const heard = await hear(probot, request)
  // Nothing here holds the payload while it is waited for the store: what is held for long costs the most to free.
  return 'call' in heard ? kept(inbox.receive(heard.call)) : heard
}

async function hear(probot: Probot, request: IncomingMessage): Promise<{ call: Call } | Answer> {
  const payload = (await bytesOf(request)).toString()
  const [event, deliveryId, signature] = names.map((name) => request.headers[name]?.toString() ?? '')
  if (!event || !deliveryId || !signature)
    return { status: 400, body: { error: `one of ${names.join(', ')} is missing` } }
  // Fails where one of its arguments is empty.
  const isSigned = await probot.webhooks.verify(payload, signature).catch(() => false)
  if (isSigned) return { call: { host: 'github', deliveryId, event, payload } }
  // Not what came: it is a stranger's.
  probot.log.warn({}, 'a delivery was refused, since its signature is not made with WEBHOOK_SECRET')
  return { status: 400, body: { error: 'the signature does not match the payload' } }
}

async function kept(receiving: Promise<unknown>): Promise<Answer> {
  try {
    await receiving
    return { status: 200, body: {} }
  } catch (error) {
    if (!isQaackError(error)) throw error
    return { status: error.status, body: { error: error.message } }
  }
}

const names = ['x-github-event', 'x-github-delivery', 'x-hub-signature-256']

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? ''
}

/** Whoever read the body before us has left it as Probot wants it. */
function bytesOf(request: IncomingMessage): Promise<Buffer> {
  if ('rawBody' in request && Buffer.isBuffer(request.rawBody)) return Promise.resolve(request.rawBody)
  return buffer(request)
}
