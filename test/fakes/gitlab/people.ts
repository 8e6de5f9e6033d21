import type { Json } from '../../../src/demo/github/json.ts'
import { among, iso, optional } from './fields.ts'
import { paged } from './pages.ts'
import type { Route } from './routes.ts'
import { type Account, type Answer, type Asked, projectOf, Refusal, signedIn, type World } from './world.ts'

export const peopleRoutes: Route[] = [
  ['GET', '/user', whoAmI],
  ['GET', '/users', listUsers],
  ['GET', '/users/:user', oneUser],
  ['GET', '/projects/:id/members/all', listMembers],
  ['GET', '/projects/:id/members/all/:user', oneMember],
]

/** Somebody, as every answer shows them. */
export function showPerson({ base }: World, account: Account): Json {
  const { id, username, name } = account
  return {
    id,
    username,
    public_email: '',
    name,
    state: 'active',
    locked: false,
    avatar_url: null,
    web_url: `${base}/${username}`,
  }
}

/** Somebody, as webhooks show them. */
export function hookPerson(account: Account): Json {
  const { id, name, username } = account
  return { id, name, username, avatar_url: null, email: '[REDACTED]' }
}

function whoAmI(asked: Asked): Answer {
  const account = signedIn(asked)
  const more = {
    created_at: iso(beginning),
    bio: '',
    location: '',
    linkedin: '',
    twitter: '',
    discord: '',
    website_url: '',
    organization: '',
    job_title: '',
    pronouns: null,
    bot: false,
    work_information: null,
    local_time: null,
    followers: 0,
    following: 0,
    last_sign_in_at: null,
    confirmed_at: iso(beginning),
    last_activity_on: null,
    email: `${account.username}@example.org`,
    theme_id: 3,
    color_scheme_id: 1,
    projects_limit: 100_000,
    current_sign_in_at: null,
    identities: [],
    can_create_group: true,
    can_create_project: true,
    two_factor_enabled: false,
    external: false,
    private_profile: false,
    commit_email: `${account.username}@example.org`,
  }
  return { status: 200, body: { ...showPerson(asked.world, account), ...more } }
}

function listUsers(asked: Asked): Answer {
  const [wanted, search] = [optional(asked, 'username'), optional(asked, 'search')]
  // strangers may only ask for a name that they know
  if (!asked.account && wanted === undefined) throw new Refusal(403, '403 Forbidden')
  const found = asked.world.accounts.filter(
    ({ username, name }) =>
      (wanted === undefined || username.toLowerCase() === wanted.toLowerCase()) &&
      (search === undefined || username.includes(search) || name.includes(search)),
  )
  const all = found.sort((one, other) => other.id - one.id)
  return paged(asked, all, (one) => showPerson(asked.world, one))
}

function oneUser(asked: Asked): Answer {
  const account = among(asked.world.accounts, ({ id }) => String(id) === asked.params.user, 'User')
  return { status: 200, body: showPerson(asked.world, account) }
}

function membersOf(asked: Asked): { account: Account; role: number }[] {
  const { members } = projectOf(asked).namespace
  return asked.world.accounts.flatMap((account) => {
    const role = members.get(account.id)
    return role === undefined ? [] : [{ account, role }]
  })
}

function listMembers(asked: Asked): Answer {
  return paged(asked, membersOf(asked), (one) => showMember(asked.world, one))
}

function oneMember(asked: Asked): Answer {
  const member = among(membersOf(asked), ({ account }) => String(account.id) === asked.params.user)
  return { status: 200, body: showMember(asked.world, member) }
}

function showMember(world: World, { account, role }: { account: Account; role: number }): Json {
  return {
    ...showPerson(world, account),
    access_level: role,
    created_at: iso(beginning),
    expires_at: null,
    membership_state: 'active',
  }
}

/** When everything was made that is there from the start. */
export const beginning = Date.UTC(2026, 0, 1)
