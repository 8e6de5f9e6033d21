import { z } from 'zod'

/** Body of every refusal. */
export const problem = z
  .object({
    error: z.string().describe('A sentence that says what is wrong and what to do.'),
    path: z.string().optional().describe('The field that is wrong, e.g. params.origin.'),
  })
  .meta({ id: 'Problem' })

export function json<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { 'application/json': { schema } } }
}

export function text(description: string, type = 'text/plain') {
  return { description, content: { [type]: { schema: z.string() } } }
}

/** What was begun and goes on after the answer. */
export const begun = z.object({ id: z.string() })

export const fault = { 500: json('We failed; the log of the server tells more.', problem) }

/** Refusals of every request that needs a token. */
export const refusals = {
  400: json('No token was sent.', problem),
  401: json('The token is wrong, expired or deleted.', problem),
  422: json('A field of the body or the query is wrong, missing or unknown.', problem),
  ...fault,
}

export const missing = { 404: json('It is not there, or the token may not see it.', problem) }

/** Refusals of every request that changes something. */
export const writeRefusals = {
  ...refusals,
  403: json('The token may only read, or another site made the browser ask.', problem),
  413: json('The body is larger than 1 MiB.', problem),
  415: json('The body is not application/json.', problem),
}

export const conflict = { 409: json('Not possible in the present state.', problem) }

export const engineRefusals = {
  502: json('The Docker engine refused.', problem),
  503: json('The Docker engine does not answer.', problem),
}
