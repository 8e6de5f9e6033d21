import { resolve } from 'node:path'
import type { Http } from './client/http.ts'
import { read } from './client/read.ts'
import { groupsShape, idShape, type Repository } from './client/shapes.ts'
import { connect } from './connect.ts'
import { syncText, waitForSync } from './repo-sync.ts'
import { CliFailure, wrongUse } from './terminal/failure.ts'
import { askSecret } from './terminal/prompt.ts'
import { show, type World } from './terminal/world.ts'

export interface AddOptions {
  group: string
  username?: string
  passwordStdin?: boolean
  github?: boolean
  /** Minutes. */
  ttl?: number
}

/** `qaack repo add`: waits until the refs were read, then tells which there are and how pushes make themselves known. */
export async function add(world: World, name: string, origin: string, options: AddOptions): Promise<void> {
  const password = options.passwordStdin ? await askSecret(world, `Password for ${origin}: `) : undefined
  if (password === '') throw wrongUse('--password-stdin was given, but nothing came on stdin')
  const http = connect(world)
  const source = options.github
    ? atGithub(origin, options, password)
    : atAddress(world, origin, options, password)
  const settings = options.ttl === undefined ? {} : { settings: { environmentTTL: options.ttl } }
  const body = { name, ...source, ...settings }
  const { id } = await read(http, `/api/group/${await groupId(http, options.group)}`, idShape, {
    method: 'POST',
    body,
  })
  // The server begins to read the refs by itself.
  const repository = await waitForSync(world, http, id)
  if (repository.syncError) {
    throw new CliFailure(
      `${name} was added as ${id}, but its refs cannot be read: ${repository.syncError}\n` +
        `The server tries again by itself. If the address or the password is wrong: qaack repo delete ${id}, then add it again.`,
    )
  }
  show(world, repository, () => addedText(http, repository, options.github))
}

function atAddress(world: World, origin: string, options: AddOptions, password: string | undefined) {
  const params = {
    origin: /^\.{1,2}(\/|$)/.test(origin) ? resolve(world.cwd, origin) : origin,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(password === undefined ? {} : { password }),
  }
  return { type: 'generic', params }
}

/** Without the app, which makes its repositories known by itself: a token lets changes be followed and reported on. */
function atGithub(origin: string, options: AddOptions, token: string | undefined) {
  if (options.username !== undefined) throw wrongUse('--username is not for GitHub; a token is enough there')
  const [, owner, repo] = /^(?:https?:\/\/[^/]+\/)?([^/:]+)\/([^/]+?)(?:\.git)?\/?$/.exec(origin) ?? []
  if (owner === undefined || repo === undefined)
    throw wrongUse(`with --github the origin is owner/name or https://github.com/owner/name, not ${origin}`)
  return { type: 'github', params: { owner, repo, ...(token === undefined ? {} : { token }) } }
}

function addedText(http: Http, repository: Repository, atHost = false): string {
  const { id, name } = repository
  const [first] = repository.environments
  return [
    `Added ${name} (${id}).`,
    syncText(repository),
    '',
    ...(atHost
      ? ['Branches are looked at once a minute, changes once an hour. At once: install the GitHub App on it.']
      : [
          'The refs are looked at once a minute. To build at each push, put this into hooks/post-receive of the repository:',
          `  curl -fsS -X POST ${http.server.url}/api/git/webhooks/${id} >/dev/null`,
        ]),
    ...(first ? ['', `Next: qaack env create ${name}/${first.gitRef.name} --follow`] : []),
  ].join('\n')
}

async function groupId(http: Http, given: string): Promise<string> {
  const groups = await read(http, '/api/groups', groupsShape)
  const group = groups.find(({ id, name }) => given === name || given === id)
  if (group) return group.id
  throw new CliFailure(`there is no group ${given}; there are: ${groups.map(({ name }) => name).join(', ')}`)
}
