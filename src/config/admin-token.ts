/** Fewer can be guessed: there is no limit to how often. */
const least = 16

/** Why an admin token that people set is worth a warning, with what to do; undefined if it is not. */
export function warningOfToken(token: string | null): string | undefined {
  if (token === null || token.length >= least) return undefined
  return (
    'admin_token (QAACK_ADMIN_TOKEN) is short, and whoever guesses it may do everything here; ' +
    `set at least ${least} characters, such as: openssl rand -hex 32`
  )
}
