import { z } from 'zod'
import { QaackError } from '../../errors.ts'
import type { RepositoryParams } from '../../repositories/repository.ts'
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
  token: z
    .string()
    .max(4096)
    // It goes to git line by line, and into a header.
    .regex(/^[\x21-\x7e]+$/, 'must be one word, as GitHub shows it')
    .optional(),
  /** These two only come from GitHub itself. */
  hostKey: z.string().regex(/^\d+$/, "must be GitHub's number of the repository").optional(),
  installation: z.number().int().positive().optional(),
})

/** Checks what was given for a repository at GitHub, and adds its address. */
export function check(params: Record<string, unknown>, server: GithubServer): RepositoryParams {
  const read = schema.safeParse(params)
  if (!read.success) throw refuse(read.error.issues[0])
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

function withoutGit(repo: unknown): unknown {
  return typeof repo === 'string' ? repo.replace(/\.git$/, '') : repo
}

function refuse(issue: z.core.$ZodIssue | undefined): QaackError {
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    return new QaackError('invalid', `${key} is not a param of type github; known: owner, repo, token`, {
      path: `params.${key}`,
    })
  }
  const field = issue?.path.join('.') ?? ''
  return new QaackError('invalid', `${field}: ${issue?.message ?? 'wrong value'}`, {
    path: `params.${field}`,
  })
}
