import { QaackError } from '../../errors.ts'
import type { RepositoryRecord } from '../../repositories/repository.ts'

/** Address of the one that everybody knows. Addresses of instances have no slash at the end, and may have a path. */
export const gitlabCom = 'https://gitlab.com'

/** The instance that a repository, as `check` makes it, is at. */
export function instanceOf({ name, params }: Pick<RepositoryRecord, 'name' | 'params'>): string {
  const { origin, owner = '', repo = '' } = params
  const end = `/${owner}/${repo}.git`
  if (!origin.endsWith(end))
    throw new QaackError('internal', `the address of repository ${name} was not checked: ${origin}`)
  return origin.slice(0, -end.length)
}

/** An address as all others of the same instance are written; null for what is none. */
export function normalInstance(address: string): string | null {
  const url = URL.parse(address.trim())
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') return null
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

/** The instance of a project whose page is known; null for a page that is not the project's. */
export function instanceOfPage(page: string, path: string): string | null {
  return page.endsWith(`/${path}`) ? normalInstance(page.slice(0, -path.length)) : null
}

/** What a project is called by all instances together, e.g. `gitlab.com#42`: the same after a rename. */
export function hostKeyOf(instance: string, project: string): string {
  return `${instance.replace(/^https?:\/\//, '')}#${project}`
}

/** The number of a project, as its instance has it. */
export function projectOf(hostKey: string): string {
  return hostKey.slice(hostKey.lastIndexOf('#') + 1)
}
