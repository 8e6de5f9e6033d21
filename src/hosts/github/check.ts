import { z } from 'zod'
import type { RepositoryParams } from '../../repositories/repository.ts'
import { tokenParam, withoutGit, wrongParams } from '../params.ts'
import type { GithubServer } from './server.ts'

/** As GitHub allows them; nothing that could mean another path. */
const name = (field: string, example: string) =>
  z
    .string(`${field} is missing: in ${example} it is the ${field === 'owner' ? 'first' : 'second'} part`)
    .max(100, 'has at most 100 characters')
    .regex(
      /^[A-Za-z0-9_.-]+$/,
      `may have letters, digits, dot, dash and underscore; in ${example} it is the ${field === 'owner' ? 'first' : 'second'} part`,
    )
    .refine((text) => !/^\.+$/.test(text), 'is not a name')

const schema = z.strictObject({
  owner: name('owner', 'github.com/owner/repo'),
  repo: z.preprocess(withoutGit, name('repo', 'github.com/owner/repo')),
  token: tokenParam('GitHub'),
  /** These two only come from GitHub itself. */
  hostKey: z.string().regex(/^\d+$/, "must be GitHub's number of the repository").optional(),
  installation: z.number().int().positive().optional(),
})

/** Checks what was given for a repository at GitHub, and adds its address. */
export function check(params: Record<string, unknown>, server: GithubServer): RepositoryParams {
  const read = schema.safeParse(params)
  if (!read.success) throw wrongParams(read.error, { type: 'github', known: 'owner, repo, token' })
  const { owner, repo, token, hostKey, installation } = read.data
  return {
    origin: `${server.web}/${owner}/${repo}.git`,
    owner,
    repo,
    ...(token === undefined ? {} : { token }),
    ...(hostKey === undefined ? {} : { hostKey }),
    ...(installation === undefined ? {} : { installation }),
  }
}
