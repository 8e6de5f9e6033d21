import type { Http } from './client/http.ts'
import { read } from './client/read.ts'
import { groupsShape, idShape, type Repository } from './client/shapes.ts'
import { connect } from './connect.ts'
import type { AddOptions, Source } from './repo-source.ts'
import { syncText, waitForSync } from './repo-sync.ts'
import { CliFailure, wrongUse } from './terminal/failure.ts'
import { askSecret } from './terminal/prompt.ts'
import { show, type World } from './terminal/world.ts'

/** `qaack repo add`: waits until the refs were read, then tells which there are and how pushes make themselves known. */
export async function add(world: World, source: Source, options: AddOptions): Promise<void> {
  const { name, origin, type } = source
  const asked = source.secret === 'token' ? 'Token' : 'Password'
  const password = options.passwordStdin ? await askSecret(world, `${asked} for ${origin}: `) : options.token
  if (password === '')
    throw wrongUse(
      options.passwordStdin
        ? '--password-stdin was given, but nothing came on stdin'
        : '--token is empty; give a token, or leave it out',
    )
  const http = connect(world)
  const params = {
    ...source.params(world.cwd),
    ...(password === undefined ? {} : { [source.secret]: password }),
  }
  const settings = options.ttl === undefined ? {} : { settings: { environmentTTL: options.ttl } }
  const body = { name, type, params, ...settings }
  const { id } = await read(http, `/api/group/${await groupId(http, options.group)}`, idShape, {
    method: 'POST',
    body,
  })
  // The server begins to read the refs by itself.
  const repository = await waitForSync(world, http, id)
  if (repository.syncError) {
    throw new CliFailure(
      `${name} was added as ${id}, but its refs cannot be read: ${repository.syncError}\n` +
        `The server tries again by itself. If the address or the ${source.secret} is wrong: qaack repo delete ${id}, then add it again.`,
    )
  }
  show(world, repository, () => addedText(http, repository, type))
}

function addedText(http: Http, repository: Repository, type: Source['type']): string {
  const { id, name } = repository
  const refs = repository.environments.map(({ gitRef }) => gitRef.name)
  const first = ['main', 'master'].find((ref) => refs.includes(ref)) ?? refs[0]
  return [
    `Added ${name} (${id}).`,
    syncText(repository),
    '',
    ...pushTexts[type](`${http.server.url}/api/git/webhooks/${id}`),
    ...(first ? ['', `Next: qaack env create ${asWord(`${name}/${first}`)} --follow`] : []),
  ].join('\n')
}

/** How pushes make themselves known. `call`: what a hook of plain git calls. */
const pushTexts: Record<Source['type'], (call: string) => string[]> = {
  generic: (call) => [
    'The refs are looked at once a minute. To build at each push, put this into hooks/post-receive of the repository:',
    `  curl -fsS -X POST ${call} >/dev/null`,
  ],
  github: () => [
    'Branches are looked at once a minute, changes once an hour. At once: install the GitHub App on it.',
  ],
  gitlab: () => [
    'The server makes a webhook of the project where its token may, and says so: qaack events.',
    'Until then branches are looked at once a minute, changes once an hour.',
  ],
}

async function groupId(http: Http, given: string): Promise<string> {
  const groups = await read(http, '/api/groups', groupsShape)
  const group = groups.find(({ id, name }) => given === name || given === id)
  if (group) return group.id
  throw new CliFailure(`there is no group ${given}; there are: ${groups.map(({ name }) => name).join(', ')}`)
}

/** As a shell reads it: names may have spaces. */
function asWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
