import type { Received } from '../host.ts'

/**
 * A post-receive hook sends nothing but the call, so nothing in it needs to be believed: it only makes us look at the refs,
 * and that shows what is true.
 */
export function receive(): Received {
  return { events: [{ kind: 'refs-changed', repository: null }] }
}

/** A post-receive hook for a bare repository on any git server. `url` is `<base_url>/api/git/webhooks/<repository id>`. */
export function postReceiveHook(url: string): string {
  return `#!/bin/sh
# hooks/post-receive: tells Qaack to look at the refs. Never holds up or fails a push.
cat >/dev/null
curl --silent --show-error --max-time 10 --request POST '${url.replaceAll("'", '%27')}' >/dev/null || true
`
}
