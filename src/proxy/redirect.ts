/**
 * Where `qck_wp_redirect_url` of a request's query sends those who asked for an environment that is not found.
 *
 * This is an open redirect, and documented behaviour: the link's author decides where it leads. It is kept to what that
 * is for: whole addresses with http or https and without a user name, which could make one host look like another.
 */
export function redirectOf(path: string): string | undefined {
  const wanted = new URLSearchParams(path.split('?').slice(1).join('?')).get('qck_wp_redirect_url')
  if (wanted === null || !/^https?:\/\//i.test(wanted) || !URL.canParse(wanted)) return undefined
  const url = new URL(wanted)
  return url.username === '' && url.password === '' ? url.href : undefined
}
