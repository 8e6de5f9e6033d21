import { z } from 'zod'
import type { RepositoryParams } from '../../repositories/repository.ts'
import { tokenParam, withoutGit, wrongParams } from '../params.ts'
import { normalInstance } from './instance.ts'

const example = 'gitlab.com/group/subgroup/project'

/** As GitLab allows it; nothing that could mean another path. */
const isPart = (text: string) =>
  /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/.test(text) && !/^\.+$/.test(text) && !/\.(git|atom)$/.test(text)

const schema = z.strictObject({
  instanceUrl: z
    .string()
    .max(1000)
    .refine((text) => text === '' || normalInstance(text) !== null, {
      error: 'must be the address of a GitLab, such as https://gitlab.com, without user, query and fragment',
    })
    .optional(),
  group: z
    .string(
      `group is missing: in ${example} it is group/subgroup; a person's own projects are in a group of their name`,
    )
    .max(1000, 'has at most 1000 characters')
    .refine((text) => text.split('/').every(isPart), {
      error: `must be the whole path of the group, in ${example} group/subgroup: letters, digits, dot, dash and underscore`,
    }),
  project: z.preprocess(
    withoutGit,
    z
      .string(`project is missing: in ${example} it is the last part`)
      .max(255, 'has at most 255 characters')
      .refine(isPart, {
        error: `may have letters, digits, dot, dash and underscore; in ${example} it is the last part`,
      }),
  ),
  token: tokenParam('GitLab'),
  /** Only comes from GitLab itself. */
  hostKey: z
    .string()
    .max(1000)
    .regex(/^[^#\s]+#\d+$/, "must be the instance and GitLab's number of the project")
    .optional(),
})

/** Checks what was given for a project at a GitLab, and adds its address. `usual`: the instance where none is named. */
export function check(params: Record<string, unknown>, usual: string): RepositoryParams {
  const read = schema.safeParse(params)
  if (!read.success)
    throw wrongParams(read.error, { type: 'gitlab', known: 'instanceUrl, group, project, token' })
  const { instanceUrl = '', group, project, token, hostKey } = read.data
  const instance = normalInstance(instanceUrl) ?? usual
  return {
    origin: `${instance}/${group}/${project}.git`,
    owner: group,
    repo: project,
    ...(token === undefined ? {} : { token }),
    ...(hostKey === undefined ? {} : { hostKey }),
  }
}
