import { resolve } from 'node:path'
import { wrongUse } from './terminal/failure.ts'

export interface AddOptions {
  group: string
  username?: string
  passwordStdin?: boolean
  github?: boolean
  /** A project, or its address. */
  gitlab?: string
  instanceUrl?: string
  token?: string
  /** Minutes. */
  ttl?: number
}

/** What is added: a repository that the command line names, of one kind. */
export interface Source {
  name: string
  /** For people. */
  origin: string
  type: 'generic' | 'github' | 'gitlab'
  /** All that is known without the password or token. `cwd`: against which a relative path is meant. */
  params(cwd: string): Record<string, string>
  /** Which param the password or token is. */
  secret: 'password' | 'token'
}

/** Checks what was given. CliFailure for wrong use. */
export function sourceOf(name: string | undefined, origin: string | undefined, options: AddOptions): Source {
  const { gitlab } = options
  const atHost = options.github === true || gitlab !== undefined
  if (options.github && gitlab !== undefined) throw wrongUse('--github and --gitlab exclude one another')
  if (atHost && options.username !== undefined)
    throw wrongUse('--username is not for GitHub and GitLab; a token is enough there')
  if (!atHost && options.token !== undefined)
    throw wrongUse('--token is for --github and --gitlab; for others there is --password-stdin')
  if (options.token !== undefined && options.passwordStdin)
    throw wrongUse('--token and --password-stdin exclude one another')
  if (gitlab === undefined && options.instanceUrl !== undefined)
    throw wrongUse('--instance-url is for --gitlab; an origin has its address already')
  if (gitlab !== undefined) return atGitlab(name, origin, gitlab, options.instanceUrl)
  if (name === undefined || origin === undefined)
    throw wrongUse('name the repository and its origin: qaack repo add NAME ORIGIN')
  return options.github ? atGithub(name, origin) : atAddress(name, origin, options)
}

function atAddress(name: string, origin: string, { username }: AddOptions): Source {
  const isRelative = /^\.{1,2}(\/|$)/.test(origin)
  const params = (cwd: string) => ({
    origin: isRelative ? resolve(cwd, origin) : origin,
    ...(username === undefined ? {} : { username }),
  })
  return { name, origin, type: 'generic', params, secret: 'password' }
}

/** Without the app, which makes its repositories known by itself: a token lets changes be followed and reported on. */
function atGithub(name: string, origin: string): Source {
  const [, owner, repo] = /^(?:https?:\/\/[^/]+\/)?([^/:]+)\/([^/]+?)(?:\.git)?\/?$/.exec(origin) ?? []
  if (owner === undefined || repo === undefined)
    throw wrongUse(`with --github the origin is owner/name or https://github.com/owner/name, not ${origin}`)
  return { name, origin, type: 'github', params: () => ({ owner, repo }), secret: 'token' }
}

function atGitlab(
  name: string | undefined,
  origin: string | undefined,
  given: string,
  instanceUrl: string | undefined,
): Source {
  if (origin !== undefined) throw wrongUse('with --gitlab there is no origin: the project is enough')
  const [, address, path = ''] = /^(https?:\/\/[^/]+)?\/?(.*?)(?:\.git)?\/?$/.exec(given) ?? []
  if (address !== undefined && instanceUrl !== undefined)
    throw wrongUse('give the project by its address, or with --instance-url, not both')
  const [, group, project] = /^((?:[^/:]+\/)*[^/:]+)\/([^/:]+)$/.exec(path) ?? []
  if (group === undefined || project === undefined)
    throw wrongUse(`--gitlab takes group/name, group/subgroup/name or the address of a project, not ${given}`)
  const instance = instanceUrl ?? address
  const params = () => ({ ...(instance === undefined ? {} : { instanceUrl: instance }), group, project })
  return { name: name ?? project, origin: given, type: 'gitlab', params, secret: 'token' }
}
